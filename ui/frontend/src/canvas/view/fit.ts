/** Moving the view so that something is seen. Sizes are known beforehand, so nothing waits for a measurement. */

import { getViewportForBounds, useReactFlow, useStoreApi } from "@xyflow/react";
import { useCallback } from "react";

const LARGEST = 1.1;
const SMALLEST = 0.05;
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;
/** Below this size names cannot be read: a graph that is opened begins at its left end instead. */
const LEGIBLE = 0.54;
const MARGIN = 40;

/** Show a graph that was opened: all of it where that can be read, else where it begins. */
export function useOpening(): () => void {
  const flow = useReactFlow();
  const store = useStoreApi();
  const fit = useFit();
  return useCallback(() => {
    const box = store.getState().domNode?.getBoundingClientRect();
    const nodes = flow.getNodes();
    const [first] = nodes.toSorted((a, b) => a.position.x - b.position.x);
    if (!box?.width || !first) return;
    const { y, width, height } = flow.getNodesBounds(nodes);
    const isLegible = Math.min((box.width * 0.92) / width, (box.height * 0.92) / height) >= LEGIBLE;
    const middle = height * LEGIBLE < box.height ? y + height / 2 : first.position.y;
    if (isLegible) fit([], 0);
    else
      void flow.setViewport(
        { x: MARGIN - first.position.x * LEGIBLE, y: box.height / 2 - middle * LEGIBLE, zoom: LEGIBLE },
        { duration: 0 },
      );
  }, [flow, store, fit]);
}

/**
 * Show the nodes of these ids; show everything where there are none. From far away one comes nearer, but not where calm is
 * asked for: then the view moves only if they are out of sight.
 */
export function useFit(): (ids?: readonly string[], duration?: number, isCalm?: boolean) => void {
  const flow = useReactFlow();
  const store = useStoreApi();
  return useCallback(
    (ids: readonly string[] = [], duration = CALM, isCalm = false) => {
      const box = store.getState().domNode?.getBoundingClientRect();
      const nodes = ids.length > 0 ? flow.getNodes().filter((node) => ids.includes(node.id)) : flow.getNodes();
      if (!box?.width || nodes.length === 0) return;
      const bounds = flow.getNodesBounds(nodes);
      const zoom = flow.getZoom();
      if (ids.length > 0 && (isCalm || zoom > 0.5)) {
        keepZoom(bounds, box, zoom, duration);
        return;
      }
      void flow.setViewport(getViewportForBounds(bounds, box.width, box.height, SMALLEST, LARGEST, 0.08), { duration });
    },
    [flow, store],
  );

  /** Leave the view alone where everything is in sight already, else centre it. */
  function keepZoom(
    bounds: { x: number; y: number; width: number; height: number },
    box: DOMRect,
    zoom: number,
    duration: number,
  ): void {
    const { x, y } = flow.getViewport();
    const [left, top] = [bounds.x * zoom + x, bounds.y * zoom + y];
    const isSeen =
      left >= 0 && top >= 0 && left + bounds.width * zoom <= box.width && top + bounds.height * zoom <= box.height;
    if (!isSeen) void flow.setCenter(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2, { zoom, duration });
  }
}
