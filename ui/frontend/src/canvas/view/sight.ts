/** Which part of the graph is in sight: a graph is shown as it was left, and what was seen stays seen beside a new panel. */

import { useReactFlow } from "@xyflow/react";
import { useEffect, useState } from "react";
import type { Size } from "../core/layout";
import type { DrawnNode } from "./annotations/paint";
import { Lookout } from "./lookout";
import { useEditor, usePart } from "./use";

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;

/** Bring into sight what was asked for. Gives back what is to be called when a person moves the view. */
export function useSight(surface: React.RefObject<HTMLDivElement | null>): () => void {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const focus = usePart((view) => view.focus);
  const flow = useReactFlow<DrawnNode>();
  const [lookout] = useState(() => new Lookout(flow, (notice) => editor.tell(notice), CALM));

  useEffect(() => {
    lookout.leave(path);
    return whenDrawn(surface, (size) => lookout.open(path, size));
  }, [path, lookout, surface]);

  useEffect(() => {
    const element = surface.current;
    if (!element) return undefined;
    let before = element.getBoundingClientRect();
    const observer = new ResizeObserver(() => {
      const after = element.getBoundingClientRect();
      lookout.resize(before, after);
      before = after;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [lookout, surface]);

  useEffect(() => {
    if (!focus) return undefined;
    return whenDrawn(surface, (size) => lookout.show(focus, size));
  }, [focus, lookout, surface]);

  return () => lookout.choose();
}

/** Do something as soon as what changed is drawn. Gives back what takes that back. */
function whenDrawn(surface: React.RefObject<HTMLDivElement | null>, act: (size: Size) => void): () => void {
  const frame = requestAnimationFrame(() => {
    const size = surface.current?.getBoundingClientRect();
    if (size?.width) act(size);
  });
  return () => cancelAnimationFrame(frame);
}
