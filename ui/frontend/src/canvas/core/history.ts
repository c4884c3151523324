/** Undo and redo over whole documents. Documents share what they have in common, so a step costs what it changed. */

export interface Step<T> {
  readonly document: T;
  readonly label: string;
  /** Where the step happened, so that undo takes the eye there. */
  readonly graph: string;
}

export interface History<T> {
  readonly past: readonly Step<T>[];
  readonly present: T;
  readonly future: readonly Step<T>[];
}

export const LONGEST = 200;

export function startHistory<T>(present: T): History<T> {
  return { past: [], present, future: [] };
}

/** Take a step. Steps of the same `merge` key that follow each other (typing a number, nudging) become one. */
export function takeStep<T>(history: History<T>, present: T, label: string, graph: string, joins = false): History<T> {
  if (present === history.present) return history;
  const step = { document: history.present, label, graph };
  const past = joins && history.past.length > 0 ? history.past : [...history.past, step].slice(-LONGEST);
  return { past, present, future: [] };
}

export function undo<T>(history: History<T>): History<T> {
  const step = history.past.at(-1);
  if (!step) return history;
  const future = [{ ...step, document: history.present }, ...history.future];
  return { past: history.past.slice(0, -1), present: step.document, future };
}

export function redo<T>(history: History<T>): History<T> {
  const [step, ...future] = history.future;
  if (!step) return history;
  return { past: [...history.past, { ...step, document: history.present }], present: step.document, future };
}

/** Write a value as a table of distinct objects, so that documents that share their parts are written once. */
export function pack(value: unknown): string {
  const table: unknown[] = [];
  const places = new Map<object, number>();
  const place = (item: unknown): unknown => {
    if (typeof item !== "object" || item === null) return item;
    const known = places.get(item);
    if (known !== undefined) return [known];
    const entry = Array.isArray(item)
      ? { a: item.map(place) }
      : { o: Object.fromEntries(Object.entries(item).map(([key, part]) => [key, place(part)])) };
    places.set(item, table.length);
    table.push(entry);
    return [table.length - 1];
  };
  return JSON.stringify({ root: place(value), table });
}

export function unpack(text: string): unknown {
  const { root, table } = JSON.parse(text) as {
    root: unknown;
    table: { a?: unknown[]; o?: Record<string, unknown> }[];
  };
  const made: unknown[] = [];
  const take = (item: unknown): unknown => (Array.isArray(item) ? made[item[0] as number] : item);
  for (const entry of table) {
    made.push(
      entry.a
        ? entry.a.map(take)
        : Object.fromEntries(Object.entries(entry.o ?? {}).map(([key, part]) => [key, take(part)])),
    );
  }
  return take(root);
}
