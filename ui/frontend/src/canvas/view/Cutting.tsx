/** The knife: a line drawn over links with Ctrl or the right button held cuts them, all in one step. */

import { useReactFlow } from "@xyflow/react";
import { type RefObject, useRef, useState } from "react";
import { edgeKey } from "../core/document";
import { cross } from "../core/routing";
import type { Position } from "../core/types";
import { cutLinks } from "./commands/wiring";
import { routesOf } from "./routes";
import type { DrawnNode } from "./annotations/paint";
import { useEditor } from "./use";

/** Below so many pixels it is a click. */
const SHAKE = 5;

/** The line that is being drawn, and the handlers of the surface. A right click that draws nothing asks for the menu. */
export function useCutting(surface: RefObject<HTMLDivElement | null>, openMenu: (event: React.MouseEvent) => void) {
  const editor = useEditor();
  const flow = useReactFlow<DrawnNode>();
  const [line, setLine] = useState<readonly Position[]>([]);
  const held = useRef<{ pointer: number; button: number; from: Position } | undefined>(undefined);
  const pointOf = (event: React.PointerEvent): Position => [event.clientX, event.clientY];

  const grab = (event: React.PointerEvent) => {
    if (!startsCut(event) || !surface.current) return;
    event.stopPropagation();
    held.current = { pointer: event.pointerId, button: event.button, from: pointOf(event) };
  };
  const draw = (event: React.PointerEvent) => {
    const { current } = held;
    if (!current || !surface.current) return;
    const [x, y] = pointOf(event);
    const isShort = Math.hypot(x - current.from[0], y - current.from[1]) < SHAKE;
    if (line.length === 0 && isShort) return;
    if (!surface.current.hasPointerCapture(current.pointer)) surface.current.setPointerCapture(current.pointer);
    setLine((before) => (before.length === 0 ? [current.from, [x, y]] : [...before, [x, y]]));
  };
  const release = (event: React.PointerEvent) => {
    const { current } = held;
    held.current = undefined;
    if (!current) return;
    if (line.length > 0) cut(line);
    else if (current.button === 2) openMenu(event);
    setLine([]);
  };
  const cut = (drawn: readonly Position[]) => {
    const knife = drawn.map(([x, y]): Position => {
      const at = flow.screenToFlowPosition({ x, y }, { snapToGrid: false });
      return [at.x, at.y];
    });
    const routes = routesOf(flow.getNodes(), editor.graph.edges);
    const edges = editor.graph.edges.filter((edge) => cross(knife, routes.get(edgeKey(edge)) ?? []));
    cutLinks(editor, edges);
  };
  const box = line.length > 0 ? surface.current?.getBoundingClientRect() : undefined;
  return {
    handlers: {
      onPointerDownCapture: grab,
      onMouseDownCapture: (event: React.MouseEvent) => {
        if (held.current) event.stopPropagation();
      },
      onPointerMove: draw,
      onPointerUp: release,
      onPointerCancel: () => {
        held.current = undefined;
        setLine([]);
      },
      onContextMenu: (event: React.MouseEvent) => {
        event.preventDefault();
        if (event.button !== 2) openMenu(event);
      },
    },
    knife: box ? (
      <svg className="knife" aria-hidden="true">
        <polyline points={line.map(([x, y]) => `${x - box.left},${y - box.top}`).join(" ")} />
      </svg>
    ) : null,
  };
}

/** The right button anywhere; Ctrl beside nodes, whose Ctrl-click selects. */
function startsCut(event: React.PointerEvent): boolean {
  const target = event.target as Element;
  if (target.closest("input, textarea, button, .react-flow__minimap")) return false;
  if (event.button === 2) return true;
  const isFree = target.closest(".react-flow__node, .react-flow__handle, .react-flow__edgeupdater") === null;
  return event.button === 0 && (event.ctrlKey || event.metaKey) && isFree;
}
