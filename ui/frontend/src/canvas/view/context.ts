/** What commands need of the screen: the view of the graph, the pointer's place, the focus. */

import { useReactFlow } from "@xyflow/react";
import { useRef } from "react";
import type { DrawnNode } from "./annotations/paint";
import type { Context } from "./commands/command";
import { useEditor } from "./use";

/** The height of a node that is not drawn yet. */
const JUST_MADE = 64;

/** The context of commands, and a function that tells it where the pointer is. */
export function useContextOfCommands(
  frame: React.RefObject<HTMLDivElement | null>,
): [Context, (at: readonly [number, number]) => void] {
  const editor = useEditor();
  const flow = useReactFlow<DrawnNode>();
  const pointer = useRef<readonly [number, number]>([0, 0]);
  const place = () => {
    const box = frame.current?.querySelector("[data-canvas]")?.getBoundingClientRect();
    const [x, y] = pointer.current;
    const isInside = !box || (x > box.left && x < box.right && y > box.top && y < box.bottom);
    const screen = isInside ? ([x, y] as const) : ([box.left + box.width / 2, box.top + box.height / 3] as const);
    const at = flow.screenToFlowPosition({ x: screen[0], y: screen[1] });
    return { screen, at: [at.x, at.y] as const };
  };
  const spot = () => {
    const { selection, annotations, edges } = editor.view;
    const ids = new Set([...selection, ...annotations, ...editor.selectedEdges().map((edge) => edge.target)]);
    const [node] = flow.getNodes().filter((one) => ids.has(one.id));
    const made = editor.graph.nodes.find((one) => ids.has(one.id));
    const [x, y] = node ? [node.position.x, node.position.y] : (made?.position ?? [0, 0]);
    const below = edges.size > 0 ? 0 : (node?.height ?? JUST_MADE);
    const at = (node ?? made) && flow.flowToScreenPosition({ x: x + 16, y: y + below });
    return at ? ([at.x, at.y] as const) : place().screen;
  };
  const spotInFrame = (width: number) => {
    const box = frame.current?.getBoundingClientRect();
    const [x, y] = spot();
    const fit = (at: number, room: number) => Math.max(8, Math.min(at, room - 8));
    return [
      fit(x - (box?.left ?? 0), (box?.width ?? 800) - width),
      fit(y - (box?.top ?? 0) + 6, (box?.height ?? 600) - 96),
    ] as const;
  };
  const context: Context = {
    editor,
    spotInFrame,
    place,
    spot,
    drawn: () => flow.getNodes(),
    zoom: (factor) => void flow.zoomTo(flow.getZoom() * factor),
    focus: (selector) => frame.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true }),
  };
  const point = (at: readonly [number, number]) => {
    pointer.current = at;
  };
  return [context, point];
}
