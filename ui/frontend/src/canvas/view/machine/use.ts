/** How views read what is known of runs. */

import { useCallback, useMemo, useSyncExternalStore } from "react";
import { type Film, lookAt } from "../../core/film";
import type { NamesOf } from "../../core/innerVitals";
import type { Vital } from "../../core/vitals";
import { type Filming, namesBefore } from "../../films";
import { useEditor, usePart } from "../use";

/** Read one part of what is known of runs; the view is drawn again only when that part is another. */
export function useFilms<T>(read: (filming: Filming) => T): T {
  const { films } = useEditor();
  return useSyncExternalStore(films.subscribe, () => read(films.state));
}

/** The run that is watched, the step that is shown, and how the nodes of a graph are called in it. */
export interface Watched {
  readonly film: Film;
  readonly step: number;
  readonly namesOf: NamesOf | undefined;
}

/** The run that is watched, looked into or training; undefined where there is none that looked at anything. */
export function useWatched(): Watched | undefined {
  const project = usePart((view) => view.history.present);
  const { machine, live } = useFilms((filming) => filming);
  const names = useMemo(() => (live ? namesBefore(live.trained, project) : undefined), [live?.trained, project]);
  const film = machine?.film ?? live?.film;
  const step = machine?.step ?? film?.looks.at(-1)?.step;
  const namesOf = machine ? undefined : names;
  return useMemo(() => {
    const isSeen = film !== undefined && step !== undefined && lookAt(film, step) >= 0;
    return isSeen ? { film, step, namesOf } : undefined;
  }, [film, step, namesOf]);
}

/** How a node does in the run that is watched; undefined where none is, or where it did not see the node. */
export const useVital = (id: string): Vital | undefined => useVitalPart(id, (vital) => vital);

/** One part of it: who reads only that is not drawn again when the rest changes. */
export function useVitalPart<T>(id: string, read: (vital: Vital | undefined) => T): T {
  const { vitals } = useEditor().films;
  const follow = useCallback((listener: () => void) => vitals.follow(id, listener), [vitals, id]);
  return useSyncExternalStore(follow, () => read(vitals.get(id)));
}
