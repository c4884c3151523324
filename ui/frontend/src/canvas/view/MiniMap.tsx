/** The whole graph, small: one path for each family, and the part that is in sight. A click or a drag moves the view there. */

import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { useMemo } from "react";
import { NODE_WIDTH } from "../core/actions";
import type { Graph, Kind, Position } from "../core/types";
import { lookOf } from "./icons";
import { useKinds, usePart } from "./use";

const WIDTH = 132;
const HEIGHT = 84;
const MARGIN = 80;
const NODE_HEIGHT = 56;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function MiniMap() {
  const graph = usePart((_, editor) => editor.graph);
  const kinds = useKinds();
  const paths = useMemo(() => drawPaths(graph, kinds), [graph, kinds]);
  const box = useMemo(() => boundsOf(graph.nodes.map((node) => node.position)), [graph.nodes]);
  const { setCenter, getZoom } = useReactFlow();
  if (graph.nodes.length === 0) return null;
  const go = (event: React.PointerEvent<SVGSVGElement>) => {
    const place = event.currentTarget.getBoundingClientRect();
    const scale = Math.max(box.width / place.width, box.height / place.height);
    const x = box.x + box.width / 2 + (event.clientX - place.left - place.width / 2) * scale;
    const y = box.y + box.height / 2 + (event.clientY - place.top - place.height / 2) * scale;
    void setCenter(x, y, { zoom: getZoom() });
  };
  return (
    <Panel position="bottom-right" className="react-flow__minimap mini-map">
      <svg
        width={WIDTH}
        height={HEIGHT}
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        role="img"
        aria-label="Mini map"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={(event) => event.buttons > 0 && go(event)}
      >
        {paths.map(([colour, path]) => (
          <path key={colour} d={path} fill={colour} />
        ))}
        <Sight />
      </svg>
    </Panel>
  );
}

/** The part of the graph that is in sight. */
function Sight() {
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  return <rect className="sight" x={-x / zoom} y={-y / zoom} width={width / zoom} height={height / zoom} />;
}

function drawPaths(graph: Graph, kinds: ReadonlyMap<string, Kind>): [string, string][] {
  const paths = new Map<string, string[]>();
  for (const { kind, position } of graph.nodes) {
    const { colour } = lookOf(kinds.get(kind)?.family);
    const pieces = paths.get(colour) ?? [];
    paths.set(colour, pieces);
    pieces.push(`M${position[0]} ${position[1]}h${NODE_WIDTH}v${NODE_HEIGHT}h${-NODE_WIDTH}z`);
  }
  return [...paths].map(([colour, pieces]) => [colour, pieces.join("")]);
}

/** A box around all nodes, in the proportions of the map. */
function boundsOf(positions: readonly Position[]): Box {
  const [xs, ys] = [positions.map(([x]) => x), positions.map(([, y]) => y)];
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const [left, top] = [least(xs) - MARGIN, least(ys) - MARGIN];
  const width = Math.max(400, most(xs) + NODE_WIDTH + MARGIN - left);
  const height = Math.max(260, most(ys) + NODE_HEIGHT + MARGIN - top);
  return { x: left, y: top, width, height };
}
