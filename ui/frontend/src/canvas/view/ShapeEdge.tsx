/** A link, with the shape of what flows through it. */

import { BaseEdge, type ConnectionLineComponentProps, type EdgeProps, getBezierPath, useStore } from "@xyflow/react";
import { memo } from "react";
import { refuse } from "../core/ports";
import type { CanvasEdge } from "./scene";
import { useEditor } from "./use";

export const ShapeEdge = memo(function ShapeEdge(props: EdgeProps<CanvasEdge>) {
  const { data, selected } = props;
  const [path, x, y] = getBezierPath({ ...props, curvature: 0.3 });
  return (
    <g
      className={[
        "link",
        data?.dtype,
        selected && "is-selected",
        data?.hasError && "has-error",
        data?.isRepeat && "is-repeat",
      ]
        .filter(Boolean)
        .join(" ")}
    >
      <BaseEdge path={path} interactionWidth={14} />
      {data?.label ? (
        <text className="link-label" x={x} y={y - 5} textAnchor="middle">
          {data.label}
          <title>{data.exact}</title>
        </text>
      ) : null}
    </g>
  );
});

/** The link that is being drawn, and at its end the reason where it cannot be made. */
export function DrawnLink({
  fromX,
  fromY,
  toX,
  toY,
  fromPosition,
  toPosition,
  fromNode,
  fromHandle,
  toHandle,
}: ConnectionLineComponentProps) {
  const editor = useEditor();
  const zoom = useStore((state) => state.transform[2]);
  const [path] = getBezierPath({
    sourceX: fromX,
    sourceY: fromY,
    sourcePosition: fromPosition,
    targetX: toX,
    targetY: toY,
    targetPosition: toPosition,
    curvature: 0.3,
  });
  const reason = toHandle ? reasonAgainst() : undefined;
  function reasonAgainst(): string | undefined {
    if (!toHandle || (toHandle.nodeId === fromNode.id && toHandle.id === fromHandle.id)) return undefined;
    if (toHandle.type === fromHandle.type)
      return fromHandle.type === "source" ? "A link ends at an input." : "A link starts at an output.";
    const [source, target] = fromHandle.type === "source" ? [fromHandle, toHandle] : [toHandle, fromHandle];
    return refuse(editor.scene, {
      source: source.nodeId,
      source_port: source.id ?? "",
      target: target.nodeId,
      target_port: target.id ?? "",
    });
  }
  return (
    <g className={`link drawn ${reason ? "has-error" : ""}`}>
      <path d={path} fill="none" className="react-flow__connection-path" />
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
