/** The link that is being drawn: it snaps to the nearest port that takes it, and says why it cannot end where it is held. */

import { type ConnectionLineComponentProps, useReactFlow, useStore } from "@xyflow/react";
import { refuse } from "../core/ports";
import { drawRoute, routeCurves } from "../core/routing";
import type { Position } from "../core/types";
import type { DrawnNode } from "./annotations/paint";
import { linkBetween, nearestFit } from "./snapping";
import { useEditor } from "./use";

export function DrawnLink(props: ConnectionLineComponentProps<DrawnNode>) {
  const { fromX, fromY, toX, toY, fromHandle, toHandle, connectionStatus } = props;
  const editor = useEditor();
  const flow = useReactFlow<DrawnNode>();
  const zoom = useStore((state) => state.transform[2]);
  const from = { node: fromHandle.nodeId, port: fromHandle.id ?? "", isSource: fromHandle.type === "source" };
  const reason = reasonAgainst();
  const snapped = toHandle ? undefined : nearestFit(editor, flow.getNodes(), from, [toX, toY], zoom);
  const at: Position = snapped?.at ?? [toX, toY];
  const ends: [Position, Position] = from.isSource ? [[fromX, fromY], at] : [at, [fromX, fromY]];
  function reasonAgainst(): string | undefined {
    if (!toHandle || (toHandle.nodeId === from.node && toHandle.id === from.port)) return undefined;
    if (toHandle.type === fromHandle.type)
      return from.isSource ? "A link ends at an input." : "A link starts at an output.";
    return refuse(editor.scene, linkBetween(from, { node: toHandle.nodeId, port: toHandle.id ?? "" }));
  }
  return (
    <g className={`link drawn ${reason ? "has-error" : ""}`}>
      <path d={drawRoute(routeCurves(...ends, []))} fill="none" className="react-flow__connection-path" />
      {snapped || connectionStatus === "valid" ? <circle className="snap-ring" cx={at[0]} cy={at[1]} r={9} /> : null}
      {reason ? (
        <foreignObject
          x={toX + 12 / zoom}
          y={toY + 10 / zoom}
          width={280}
          height={80}
          style={{ transform: `scale(${1 / zoom})`, transformBox: "fill-box" }}
        >
          <div className="refusal" role="alert">
            {reason}
          </div>
        </foreignObject>
      ) : null}
    </g>
  );
}
