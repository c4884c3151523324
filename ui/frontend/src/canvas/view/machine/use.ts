/** How views read what is known of runs. */

import { useCallback, useSyncExternalStore } from "react";
import type { Vital } from "../../core/vitals";
import type { Filming } from "../../films";
import { useEditor } from "../use";

/** Read one part of what is known of runs; the view is drawn again only when that part is another. */
export function useFilms<T>(read: (filming: Filming) => T): T {
  const { films } = useEditor();
  return useSyncExternalStore(films.subscribe, () => read(films.state));
}

/** How a node does in the run that is watched; undefined where none is, or where it did not see the node. */
export function useVital(id: string): Vital | undefined {
  const { vitals } = useEditor().films;
  const follow = useCallback((listener: () => void) => vitals.follow(id, listener), [vitals, id]);
  return useSyncExternalStore(follow, () => vitals.get(id));
}
