/** Choosing from what a typed text finds: the text, what it found, and the one that is pointed at. */

import { useMemo, useState } from "react";

export interface Choice<T> {
  readonly query: string;
  readonly type: (query: string) => void;
  readonly found: readonly T[];
  /** The place among what was found that Enter takes. */
  readonly place: number;
  readonly point: (place: number) => void;
  readonly take: (place: number) => void;
  readonly onKeyDown: (event: React.KeyboardEvent) => void;
}

/**
 * A choice by typing.
 *
 * @param find What a text finds, best first. It stays the same function while it would find the same.
 * @param choose Called with what was taken by Enter or by a click.
 * @param more Keys beside the arrows and Enter, and what they do.
 */
export function useChoice<T>(
  find: (query: string) => readonly T[],
  choose: (item: T) => void,
  more: Readonly<Record<string, () => void>> = {},
): Choice<T> {
  const [query, setQuery] = useState("");
  const [wanted, setPlace] = useState(0);
  const found = useMemo(() => find(query), [find, query]);
  const place = Math.max(0, Math.min(wanted, found.length - 1));
  const take = (at: number) => {
    const item = found[at];
    if (item !== undefined) choose(item);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => setPlace(Math.min(found.length - 1, place + 1)),
    ArrowUp: () => setPlace(Math.max(0, place - 1)),
    Enter: () => take(place),
    ...more,
  };
  return {
    query,
    type: (text) => {
      setQuery(text);
      setPlace(0);
    },
    found,
    place,
    point: setPlace,
    take,
    onKeyDown: (event) => {
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
  };
}
