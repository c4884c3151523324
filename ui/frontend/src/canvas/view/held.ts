/**
 * What the pointer holds is drawn where it is held, and nothing else is drawn again: React Flow, whose every node and link
 * looks up after every change of a place, hears of it when it is put down.
 */

import { useStoreApi } from "@xyflow/react";
import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { Position } from "../core/types";

export class Held {
  private readonly places = new Map<string, Position>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly drawn = new Set<string>();

  /** Whether a node is on the screen: one that is not cannot be seen to move. */
  isDrawn(id: string): boolean {
    return this.drawn.has(id);
  }

  placeOf(id: string): Position | undefined {
    return this.places.get(id);
  }

  hold(places: readonly (readonly [string, Position])[]): void {
    for (const [id, place] of places) this.places.set(id, place);
    this.tell(places.map(([id]) => id));
  }

  letGo(): void {
    const ids = [...this.places.keys()];
    this.places.clear();
    this.tell(ids);
  }

  /** Hear of a node's place; its ends are heard of by links, which do not draw it. */
  follow(id: string, listener: () => void, draws: boolean): () => void {
    const all = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, all.add(listener));
    if (draws) this.drawn.add(id);
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(id);
      if (draws) this.drawn.delete(id);
    };
  }

  private tell(ids: readonly string[]): void {
    for (const id of ids) for (const listener of this.listeners.get(id) ?? []) listener();
  }
}

export const HeldContext = createContext(new Held());

const NOWHERE: Position = [0, 0];

/** How far from its place in the graph a node is held. */
function useShift(id: string, draws: boolean): Position {
  const held = useContext(HeldContext);
  const store = useStoreApi();
  const follow = useCallback((listener: () => void) => held.follow(id, listener, draws), [held, id, draws]);
  const place = useSyncExternalStore(follow, () => held.placeOf(id));
  const at = place && store.getState().nodeLookup.get(id)?.internals.positionAbsolute;
  return place && at ? [place[0] - at.x, place[1] - at.y] : NOWHERE;
}

/** The style of a node that may be held. */
export function useHeldStyle(id: string): React.CSSProperties | undefined {
  const [x, y] = useShift(id, true);
  return x === 0 && y === 0 ? undefined : { translate: `${x}px ${y}px` };
}

/** How far an end of a link is held from where its node stands. */
export const useHeldEnd = (id: string): Position => useShift(id, false);
