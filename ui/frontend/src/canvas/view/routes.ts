/** Where links run on the canvas, from the places of the nodes as they are drawn just now. */

import { edgeKey } from "../core/document";
import { type Box, routeCurves, sampleRoute } from "../core/routing";
import type { Edge, Position } from "../core/types";
import type { DrawnNode } from "./annotations/paint";

export interface PortPlace {
  readonly node: string;
  readonly port: string;
  readonly isSource: boolean;
  readonly at: Position;
}

/** Where the ports of a node lie; frames and notes have none. */
export function portPlaces(node: DrawnNode): PortPlace[] {
  return (node.handles ?? []).map(({ id, type, x, y, width = 0, height = 0 }) => ({
    node: node.id,
    port: id ?? "",
    isSource: type === "source",
    at: [node.position.x + x + width / 2, node.position.y + y + height / 2],
  }));
}

/** Where a link starts and ends. */
export function endsOf(nodes: readonly DrawnNode[], edge: Edge): [Position, Position] | undefined {
  const placeOf = (id: string, port: string, isSource: boolean) => {
    const node = nodes.find((one) => one.id === id);
    return (node ? portPlaces(node) : []).find((place) => place.port === port && place.isSource === isSource)?.at;
  };
  const [from, to] = [placeOf(edge.source, edge.source_port, true), placeOf(edge.target, edge.target_port, false)];
  return from && to ? [from, to] : undefined;
}

/** Every link as a line of short straight pieces, by the link's key. */
export function routesOf(nodes: readonly DrawnNode[], edges: readonly Edge[]): Map<string, Position[]> {
  const places = new Map(
    nodes.flatMap(portPlaces).map((place) => [`${place.node} ${place.isSource} ${place.port}`, place.at]),
  );
  return new Map(
    edges.flatMap((edge) => {
      const from = places.get(`${edge.source} true ${edge.source_port}`);
      const to = places.get(`${edge.target} false ${edge.target_port}`);
      return from && to ? [[edgeKey(edge), sampleRoute(routeCurves(from, to, edge.via))] as const] : [];
    }),
  );
}

export const boxOf = (node: DrawnNode): Box => ({
  x: node.position.x,
  y: node.position.y,
  width: node.width ?? 0,
  height: node.height ?? 0,
});
