/** Where a link that is being drawn would end: at the nearest port that takes it. */

import { type Link, refuse } from "../core/ports";
import { distance } from "../core/routing";
import type { Position } from "../core/types";
import type { Editor } from "../editor";
import type { View } from "../state";
import type { DrawnNode } from "./annotations/paint";
import { type PortPlace, portPlaces } from "./routes";

/** How near the pointer has to come to a port: so much in the graph, and from far away so much on the screen. */
const REACH = { graph: 40, screen: 32 };

export type LooseEnd = NonNullable<View["linking"]>;

export function linkBetween(from: LooseEnd, to: { readonly node: string; readonly port: string }): Link {
  const [source, target] = from.isSource ? [from, to] : [to, from];
  return { source: source.node, source_port: source.port, target: target.node, target_port: target.port };
}

/** The nearest port that fits the loose end of a link; none while the pointer is nearer to where the link starts. */
export function nearestFit(
  editor: Editor,
  nodes: readonly DrawnNode[],
  from: LooseEnd,
  at: Position,
  zoom: number,
): PortPlace | undefined {
  const reach = Math.max(REACH.graph, REACH.screen / zoom);
  const near = nodes.filter(({ position, width = 0, height = 0 }) => {
    const [dx, dy] = [position.x + width / 2 - at[0], position.y + height / 2 - at[1]];
    return Math.abs(dx) < width / 2 + reach && Math.abs(dy) < height / 2 + reach;
  });
  const own = nodes.filter((node) => node.id === from.node).flatMap(portPlaces);
  const start = own.find((place) => place.port === from.port && place.isSource === from.isSource);
  const away = start ? distance(start.at, at) : Number.POSITIVE_INFINITY;
  return near
    .flatMap(portPlaces)
    .filter((place) => place.isSource !== from.isSource && distance(place.at, at) < Math.min(reach, away))
    .sort((a, b) => distance(a.at, at) - distance(b.at, at))
    .find((place) => refuse(editor.scene, linkBetween(from, place)) === undefined);
}
