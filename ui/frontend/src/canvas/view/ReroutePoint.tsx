/** A point that a link is led through: dragged, selected by a click, removed by a double-click. */

import { useReactFlow } from "@xyflow/react";
import { useRef } from "react";
import { snap } from "../core/actions";
import { movePoint, removePoint } from "../core/moving";
import { NOTHING_PICKED } from "../core/picking";
import type { Position } from "../core/types";
import { useEditor, usePart } from "./use";

export interface HeldPoint {
  readonly place: number;
  readonly at: Position;
}

interface Props {
  readonly edge: string;
  readonly place: number;
  readonly at: Position;
  readonly hold: (held: HeldPoint | undefined) => void;
}

export function ReroutePoint({ edge, place, at, hold }: Props) {
  const editor = useEditor();
  const flow = useReactFlow();
  const isSelected = usePart(({ point }) => point?.edge === edge && point.place === place);
  /** Where the point was taken hold of, and where it is held. */
  const held = useRef<{ readonly from: Position; readonly to: Position } | undefined>(undefined);
  const { path } = editor.view;
  const grab = (event: React.PointerEvent<SVGCircleElement>) => {
    if (event.button !== 0 || event.ctrlKey) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = { from: at, to: at };
    editor.update({ ...NOTHING_PICKED, edges: new Set([edge]), point: { edge, place } });
  };
  const drag = (event: React.PointerEvent<SVGCircleElement>) => {
    if (!held.current) return;
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
    held.current = { from: held.current.from, to: [snap(x), snap(y)] };
    hold({ place, at: held.current.to });
  };
  const drop = () => {
    const { current } = held;
    held.current = undefined;
    hold(undefined);
    if (!current || String(current.from) === String(current.to)) return;
    editor.apply(
      movePoint(editor.graph, path, { edge, place }, () => current.to),
      "move a reroute point",
    );
  };
  const stop = (event: React.MouseEvent) => event.stopPropagation();
  return (
    <g className={`via ${isSelected ? "is-selected" : ""}`}>
      <circle className="via-dot" cx={at[0]} cy={at[1]} r={isSelected ? 6 : 4} />
      <circle
        className="via-grip nopan nodrag"
        cx={at[0]}
        cy={at[1]}
        r={11}
        data-via={place}
        onPointerDown={grab}
        onPointerMove={drag}
        onPointerUp={drop}
        onPointerCancel={() => {
          held.current = undefined;
          hold(undefined);
        }}
        onClick={stop}
        onDoubleClick={(event) => {
          stop(event);
          editor.apply(removePoint(editor.graph, path, { edge, place }), "remove a reroute point");
        }}
      />
    </g>
  );
}
