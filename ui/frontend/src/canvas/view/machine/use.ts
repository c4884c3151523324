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
export const useVital = (id: string): Vital | undefined => useVitalPart(id, (vital) => vital);

/** One part of it: who reads only that is not drawn again when the rest changes. */
export function useVitalPart<T>(id: string, read: (vital: Vital | undefined) => T): T {
  const { vitals } = useEditor().films;
  const follow = useCallback((listener: () => void) => vitals.follow(id, listener), [vitals, id]);
  return useSyncExternalStore(follow, () => read(vitals.get(id)));
}
