/** Puts a text into a PNG: one more chunk behind the header, which every viewer passes over. */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, then the header chunk, which comes first and has 13 bytes in a shell of 12. */
const BEHIND_HEADER = SIGNATURE.length + 13 + 12;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** A chunk: length, type, data, and the checksum over type and data. */
export function makeChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(data.length + 12);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(data.length + 8, crc32(chunk.subarray(4, data.length + 8)));
  return chunk;
}

/** The PNG with a text under a keyword, as an international text chunk that is not compressed. */
export function insertText(png: Uint8Array, keyword: string, text: string): Uint8Array<ArrayBuffer> {
  if (!SIGNATURE.every((byte, place) => png[place] === byte)) throw new Error("This is no PNG.");
  // Behind the keyword: its end, not compressed, no method, no language, no translated keyword.
  const chunk = makeChunk("iTXt", new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`));
  const whole = new Uint8Array(png.length + chunk.length);
  whole.set(png.subarray(0, BEHIND_HEADER));
  whole.set(chunk, BEHIND_HEADER);
  whole.set(png.subarray(BEHIND_HEADER), BEHIND_HEADER + chunk.length);
  return whole;
}
