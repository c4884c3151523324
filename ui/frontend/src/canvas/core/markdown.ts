/**
 * The small part of Markdown that notes are written in, read into a tree: headings, lists, code, bold, italic, links.
 *
 * The tree holds text and nothing else, so that whoever draws it cannot run what somebody wrote into a project.
 */

export type Inline =
  | { readonly type: "text" | "code"; readonly text: string }
  | { readonly type: "strong" | "emphasis"; readonly parts: readonly Inline[] }
  | { readonly type: "link"; readonly address: string; readonly parts: readonly Inline[] };

export type Block =
  | { readonly type: "heading"; readonly level: number; readonly parts: readonly Inline[] }
  | { readonly type: "paragraph"; readonly parts: readonly Inline[] }
  | { readonly type: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly type: "code"; readonly text: string };

const FENCE = /^\s*```/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBER = /^\s*\d{1,9}[.)]\s+(.*)$/;

export function readMarkdown(text: string): Block[] {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  while (lines.length > 0) {
    const line = lines[0] as string;
    if (line.trim() === "") lines.shift();
    else blocks.push(readBlock(line, lines));
  }
  return blocks;
}

function readBlock(line: string, lines: string[]): Block {
  const heading = HEADING.exec(line);
  if (FENCE.test(line)) return readFence(lines);
  if (heading) {
    lines.shift();
    return { type: "heading", level: heading[1]?.length ?? 1, parts: readInline(heading[2] ?? "") };
  }
  if (BULLET.test(line)) return { type: "list", ordered: false, items: takeWhile(lines, BULLET).map(readInline) };
  if (NUMBER.test(line)) return { type: "list", ordered: true, items: takeWhile(lines, NUMBER).map(readInline) };
  return { type: "paragraph", parts: readInline(takeParagraph(lines).join("\n")) };
}

function readFence(lines: string[]): Block {
  lines.shift();
  const end = lines.findIndex((line) => FENCE.test(line));
  const code = lines.splice(0, end < 0 ? lines.length : end);
  lines.shift();
  return { type: "code", text: code.join("\n") };
}

function takeWhile(lines: string[], pattern: RegExp): string[] {
  const taken: string[] = [];
  for (let found = pattern.exec(lines[0] ?? ""); found; found = pattern.exec(lines[0] ?? "")) {
    taken.push(found[1] ?? "");
    lines.shift();
  }
  return taken;
}

function takeParagraph(lines: string[]): string[] {
  const isOther = (line: string) =>
    line.trim() === "" || [FENCE, HEADING, BULLET, NUMBER].some((one) => one.test(line));
  const end = lines.findIndex((line, place) => place > 0 && isOther(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

/** What stands in a line. Spans are bounded, so that no text, however it is made, takes long to read. */
const INLINE = new RegExp(
  [
    "`(?<code>[^`]+)`",
    "\\[(?<label>[^\\]]{1,500})\\]\\((?<address>[^()\\s]{1,2000})\\)",
    "\\*\\*(?<strong>\\S(?:.{0,500}?\\S)?)\\*\\*(?!\\*)",
    "\\*(?<emphasis>\\S(?:.{0,500}?\\S)?)\\*",
    "\\b_(?<underlined>\\S(?:.{0,500}?\\S)?)_\\b",
  ].join("|"),
  "gs",
);

export function readInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > end) parts.push({ type: "text", text: text.slice(end, found.index) });
    parts.push(readSpan(found[0], found.groups ?? {}));
    end = found.index + found[0].length;
  }
  if (end < text.length) parts.push({ type: "text", text: text.slice(end) });
  return parts;
}

function readSpan(whole: string, groups: Record<string, string | undefined>): Inline {
  const { code, label, address, strong, emphasis = groups.underlined } = groups;
  if (code !== undefined) return { type: "code", text: code };
  if (label !== undefined) return readLink(whole, label, address ?? "");
  if (strong !== undefined) return { type: "strong", parts: readInline(strong) };
  return { type: "emphasis", parts: readInline(emphasis ?? "") };
}

/** Only addresses of the web are links; any other stays the text that it is. */
function readLink(whole: string, text: string, address: string): Inline {
  const isWeb = /^https?:\/\//i.test(address) && URL.canParse(address);
  return isWeb ? { type: "link", address, parts: readInline(text) } : { type: "text", text: whole };
}
