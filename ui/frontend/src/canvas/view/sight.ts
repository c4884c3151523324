/** Which part of the graph is in sight: a graph is shown as it was left, and what was seen stays seen beside a new panel. */

import { type Viewport, useReactFlow } from "@xyflow/react";
import { useEffect, useRef } from "react";
import type { Size } from "../core/layout";
import { isSeen, keepInSight } from "../core/sight";
import type { DrawnNode } from "./annotations/paint";
import { useFit, useOpening } from "./fit";
import { boxOf } from "./routes";
import { usePart } from "./use";

/** Bring into sight what was asked for. Gives back what is to be called when a person moves the view. */
export function useSight(surface: React.RefObject<HTMLDivElement | null>): () => void {
  const path = usePart((view) => view.path);
  const focus = usePart((view) => view.focus);
  const flow = useReactFlow<DrawnNode>();
  const fit = useFit();
  const open = useOpening();
  /** Whether somebody chose what is seen; else the whole graph is. */
  const isChosen = useRef(false);
  const left = useRef(new Map<string, Viewport>());
  const current = useRef(path);
  /** The view before a panel took room from it, and how large it was. */
  const roomy = useRef<{ readonly view: Viewport; readonly size: Size } | undefined>(undefined);

  useEffect(() => {
    if (current.current !== path) left.current.set(current.current, flow.getViewport());
    current.current = path;
    roomy.current = undefined;
    const frame = requestAnimationFrame(() => {
      const view = left.current.get(path);
      const box = surface.current?.getBoundingClientRect();
      isChosen.current = Boolean(view && box && flow.getNodes().some((node) => isSeen(view, box, boxOf(node))));
      if (view && isChosen.current) void flow.setViewport(view, { duration: 0 });
      else open();
    });
    return () => cancelAnimationFrame(frame);
  }, [path, flow, open, surface]);

  useEffect(() => {
    const element = surface.current;
    if (!element) return undefined;
    let before = element.getBoundingClientRect();
    const observer = new ResizeObserver(() => {
      const after = element.getBoundingClientRect();
      if (!isChosen.current) open();
      else if (before.width > 0 && after.width > 0) makeFit(before, after);
      before = after;
    });
    observer.observe(element);
    return () => observer.disconnect();
    function makeFit(from: Size, to: Size): void {
      const view = flow.getViewport();
      const old = roomy.current;
      const kept = keepInSight(view, from, to, flow.getNodes().map(boxOf));
      if (kept) roomy.current ??= { view, size: { width: from.width, height: from.height } };
      const isRoomy = old && to.width >= old.size.width && to.height >= old.size.height;
      if (isRoomy) roomy.current = undefined;
      const next = isRoomy ? old.view : kept;
      if (next) void flow.setViewport(next, { duration: 0 });
    }
  }, [flow, open, surface]);

  useEffect(() => {
    if (!focus) return undefined;
    isChosen.current = focus.ids.length > 0;
    roomy.current = undefined;
    const frame = requestAnimationFrame(() => fit(focus.ids, undefined, focus.isCalm));
    return () => cancelAnimationFrame(frame);
  }, [focus, fit]);

  return () => {
    isChosen.current = true;
    roomy.current = undefined;
  };
}
