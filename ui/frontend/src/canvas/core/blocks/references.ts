/** Names in parameters, `$channels` or `$channels * 2`, put in place of each other. Resolving them is `builder/references.py`. */

import type { Json, Params } from "../types";

const NAME = /\$([A-Za-z_][\p{L}\p{N}_]*(?:\.[A-Za-z_][\p{L}\p{N}_]*)?)/gu;

/** The names that a value mentions, without their dollar signs. */
export function namesIn(value: Json | undefined): Set<string> {
  const texts: string[] = [];
  collectTexts(value, texts);
  return new Set(texts.flatMap((text) => [...text.matchAll(NAME)].map((match) => match[1] as string)));
}

function collectTexts(value: Json | undefined, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  else if (typeof value === "object" && value !== null)
    for (const part of Object.values(value)) collectTexts(part, texts);
}

/** Change every text in a value, lists and objects included. What does not change stays the same object. */
export function mapTexts(value: Json, change: (text: string) => Json): Json {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => mapTexts(item, change));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const parts = Object.entries(value).map(([name, part]) => [name, mapTexts(part, change)] as const);
  return parts.every(([name, part]) => part === value[name]) ? value : Object.fromEntries(parts);
}

/** Give a name another one wherever a text mentions it. */
export function renameIn(value: Json, name: string, to: string): Json {
  return mapTexts(value, (text) => text.replace(NAME, (whole, found: string) => (found === name ? `$${to}` : whole)));
}

/** A name cannot be put into an expression. The text is a reason for people. */
export class SubstitutionError extends Error {}

/** Put values in place of names; what the scope does not hold stays a reference. Raises SubstitutionError. */
export function substitute(value: Json, scope: Params): Json {
  return mapTexts(value, (text) => substituteText(text, scope));
}

function substituteText(text: string, scope: Params): Json {
  const known = [...namesIn(text)].filter((name) => Object.hasOwn(scope, name));
  if (known.length === 0) return text;
  const whole = /^\$(.+)$/.exec(text.trim())?.[1];
  if (whole !== undefined && known[0] === whole) return scope[whole] as Json;
  const written = text.replace(NAME, (reference, name: string) =>
    Object.hasOwn(scope, name) ? writeOperand(scope[name] as Json, name, text) : reference,
  );
  return written.includes("$") ? written : compute(written);
}

function writeOperand(value: Json, name: string, text: string): string {
  if (typeof value === "number" && Number.isInteger(value)) return value < 0 ? `(${value})` : String(value);
  if (typeof value === "string" && value.includes("$"))
    return /^\$[\p{L}\p{N}_.]+$/u.test(value) ? value : `(${value})`;
  throw new SubstitutionError(
    `"${text}" computes with $${name}, which is ${JSON.stringify(value)} and no whole number`,
  );
}

/** Whole numbers with `+ - * //` and parentheses, as Python reads them. */
export function compute(text: string): number {
  const tokens = text.match(/\d+|\/\/|[-+*()]|\S/g) ?? [];
  let at = 0;
  const fail = () => new SubstitutionError(`"${text}" may hold only whole numbers, + - * // and parentheses`);
  const factor = (): number => {
    const token = tokens[at++];
    if (token === "-") return -factor();
    if (token === "(") {
      const inner = sum();
      if (tokens[at++] !== ")") throw fail();
      return inner;
    }
    if (token === undefined || !/^\d+$/.test(token)) throw fail();
    return Number(token);
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === "*" || tokens[at] === "//") {
      const isProduct = tokens[at++] === "*";
      const other = factor();
      if (!isProduct && other === 0) throw new SubstitutionError(`"${text}" divides by zero`);
      value = isProduct ? value * other : Math.floor(value / other);
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-") value += (tokens[at++] === "+" ? 1 : -1) * product();
    return value;
  };
  const value = sum();
  if (at < tokens.length) throw fail();
  return value;
}
