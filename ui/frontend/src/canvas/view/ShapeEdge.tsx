/** A link, led through its reroute points, with the shape of what flows through it. */

import { BaseEdge, type EdgeProps } from "@xyflow/react";
import { memo, useState } from "react";
import { drawRoute, middleOf, routeCurves } from "../core/routing";
import { markLink, momentOf } from "../core/stepping";
import type { Position } from "../core/types";
import { useHeldEnd } from "./held";
import { type HeldPoint, ReroutePoint } from "./ReroutePoint";
import type { CanvasEdge } from "./scene";
import { usePart } from "./use";

const add = ([x, y]: Position, [dx, dy]: Position): Position => [x + dx, y + dy];

export const ShapeEdge = memo(function ShapeEdge(props: EdgeProps<CanvasEdge>) {
  const { id, data, selected, source, target } = props;
  const [held, setHeld] = useState<HeldPoint>();
  const takesDrop = usePart((view) => view.dropLink === id);
  const runs = usePart((view) => markLink(momentOf(view), source, target));
  const via = data?.edge.via ?? [];
  const led = held ? via.with(held.place, held.at) : via;
  const curves = routeCurves(
    add([props.sourceX, props.sourceY], useHeldEnd(source)),
    add([props.targetX, props.targetY], useHeldEnd(target)),
    led,
  );
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
        runs && `runs-${runs}`,
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
