/** The source beside the graph: which lines are of which node, and what a line is made of. */

import { NETWORKS } from "./types";

/** First and last lines of a node's pieces, by the path of its graph and its id; lines count from 1. */
export type Places = Readonly<Record<string, Readonly<Record<string, readonly (readonly [number, number])[]>>>>;

export interface Code {
  readonly source: string;
  readonly lines: Places;
}

export interface Remark {
  /** Zero where the source as a whole is meant. */
  readonly line: number;
  readonly text: string;
  /** A note is about what changes nothing of the network, a warning about all else. */
  readonly level: "note" | "warning";
}

/** The lines of some nodes of a graph. */
export function linesOf(code: Code, path: string, ids: Iterable<string>): Set<number> {
  const found = new Set<number>();
  for (const id of ids)
    for (const [first, last] of code.lines[path]?.[id] ?? [])
      for (let line = first; line <= last; line += 1) found.add(line);
  return found;
}

/** The node that a line is of: of several the one with the fewest lines. In the open graph, where it is there. */
export function nodeAt(code: Code, line: number, path: string): { path: string; id: string } | undefined {
  const found = Object.entries(code.lines).flatMap(([graph, nodes]) =>
    Object.entries(nodes)
      .filter(([, pieces]) => pieces.some(([first, last]) => first <= line && line <= last))
      .map(([id, pieces]) => ({
        path: graph,
        id,
        size: pieces.reduce((sum, [first, last]) => sum + last - first + 1, 0),
        isHere: graph === path,
      })),
  );
  found.sort((a, b) => Number(b.isHere) - Number(a.isHere) || a.size - b.size);
  const [best] = found;
  return best && { path: best.path, id: best.id };
}

export const nameOfGraph = (path: string) => path.slice(NETWORKS.length);

export type Word = readonly [kind: "plain" | "keyword" | "name" | "text" | "number" | "comment", text: string];

const KEYWORDS = new Set(
  "and as assert class def del elif else for from if import in is lambda not or pass raise return while with yield None True False self super".split(
    " ",
  ),
);
const WORDS =
  /(?<comment>#.*)|(?<text>[rfb]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))|(?<number>\b\d[\w.]*)|(?<name>[A-Za-z_]\w*)/g;

/** A line of Python in pieces for colouring. */
export function splitLine(line: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const match of line.matchAll(WORDS)) {
    if (match.index > end) words.push(["plain", line.slice(end, match.index)]);
    const { comment, text, number } = match.groups ?? {};
    const kind = comment ? "comment" : text ? "text" : number ? "number" : wordKind(match[0]);
    words.push([kind, match[0]]);
    end = match.index + match[0].length;
  }
  if (end < line.length) words.push(["plain", line.slice(end)]);
  return words;
}

function wordKind(word: string): Word[0] {
  if (KEYWORDS.has(word)) return "keyword";
  return /^[A-Z]/.test(word) ? "name" : "plain";
}

/** Which lines lie inside a docstring: the pieces of a text over several lines are not coloured by themselves. */
export function docstringLines(lines: readonly string[]): ReadonlySet<number> {
  const inside = new Set<number>();
  let isOpen = false;
  lines.forEach((line, place) => {
    const marks = line.split('"""').length - 1;
    if (isOpen || marks > 0) inside.add(place + 1);
    if (marks % 2 === 1) isOpen = !isOpen;
  });
  return inside;
}
