/** Finding kinds by what people call them, and commands by their titles. */

import { nameOfKind } from "./blocks/offers";
import type { Kind } from "./types";

/** Kinds that fit a query, best first: the name's beginning, then synonyms, then anywhere, then the summary. */
export function searchKinds(kinds: readonly Kind[], query: string, recent: readonly string[] = []): Kind[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const order = (kind: Kind) => (recent.includes(kind.kind) ? recent.indexOf(kind.kind) : recent.length);
  return kinds
    .map((kind, place) => ({ kind, place, score: scoreKind(kind, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || order(a.kind) - order(b.kind) || a.place - b.place)
    .map(({ kind }) => kind);
}

function scoreKind(kind: Kind, words: readonly string[]): number {
  if (words.length === 0) return 1;
  const scores = words.map((word) => scoreWord(kind, word));
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0);
}

function scoreWord(kind: Kind, word: string): number {
  const name = nameOfKind(kind).toLowerCase();
  if (name === word) return 100;
  if (name.startsWith(word)) return 60;
  const synonyms = kind.synonyms.map((synonym) => synonym.toLowerCase());
  if (synonyms.includes(word)) return 50;
  if (synonyms.some((synonym) => synonym.split(/\s+/).some((part) => part.startsWith(word)))) return 40;
  if (name.includes(word) || kind.title.toLowerCase().includes(word)) return 30;
  if (kind.family.toLowerCase().startsWith(word)) return 20;
  if (kind.summary.toLowerCase().includes(word)) return 10;
  return isSubsequence(word, name) ? 5 : 0;
}

function isSubsequence(word: string, name: string): boolean {
  let at = 0;
  for (const letter of name) if (letter === word[at]) at += 1;
  return word.length > 2 && at === word.length;
}

export interface Family {
  readonly name: string;
  readonly kinds: readonly Kind[];
}

export function groupFamilies(kinds: readonly Kind[]): Family[] {
  const families = new Map<string, Kind[]>();
  for (const kind of kinds) families.set(kind.family, [...(families.get(kind.family) ?? []), kind]);
  return [...families].map(([name, members]) => ({ name, kinds: members }));
}

/** Items whose title holds every word of a query, those that begin with it first. */
export function searchTitles<T extends { readonly title: string; readonly group: string }>(
  items: readonly T[],
  query: string,
): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (item: T) => `${item.title} ${item.group}`.toLowerCase();
  const begins = (item: T) => Number(words.some((word) => !item.title.toLowerCase().startsWith(word)));
  return items.filter((item) => words.every((word) => text(item).includes(word))).sort((a, b) => begins(a) - begins(b));
}
