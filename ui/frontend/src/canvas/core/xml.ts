/** Text for XML. What XML cannot hold is left out, so that a picture stays readable whatever a node is called. */

const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, "").replace(/[&<>"]/g, (sign) => ENTITIES[sign] as string);
}

/** JSON in which every character can stand in XML: what cannot is written as JSON escapes it. */
export function escapeJson(value: unknown): string {
  const text = JSON.stringify(value).replace(
    FORBIDDEN,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.replace(/[&<>]/g, (sign) => ENTITIES[sign] as string);
}
