/** A link, led through its reroute points, with the shape of what flows through it. */

import { BaseEdge, type EdgeProps } from "@xyflow/react";
import { memo, useState } from "react";
import { drawRoute, middleOf, routeCurves } from "../core/routing";
import { type HeldPoint, ReroutePoint } from "./ReroutePoint";
import type { CanvasEdge } from "./scene";
import { usePart } from "./use";

export const ShapeEdge = memo(function ShapeEdge(props: EdgeProps<CanvasEdge>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY } = props;
  const [held, setHeld] = useState<HeldPoint>();
  const takesDrop = usePart((view) => view.dropLink === id);
  const via = data?.edge.via ?? [];
  const led = held ? via.with(held.place, held.at) : via;
  const curves = routeCurves([sourceX, sourceY], [targetX, targetY], led);
  const [x, y] = middleOf(curves);
  return (
    <g
      className={[
        "link",
        data?.dtype,
        selected && "is-selected",
        data?.hasError && "has-error",
        data?.isRepeat && "is-repeat",
        takesDrop && "takes-drop",
      ]
        .filter(Boolean)
        .join(" ")}
    >
      <BaseEdge path={drawRoute(curves)} interactionWidth={14} />
      {data?.label ? (
        <text className="link-label" x={x} y={y - 5} textAnchor="middle">
          {data.label}
          <title>{data.exact}</title>
        </text>
      ) : null}
      {led.map((at, place) => (
        <ReroutePoint key={place} edge={id} place={place} at={at} hold={setHeld} />
      ))}
    </g>
  );
});
