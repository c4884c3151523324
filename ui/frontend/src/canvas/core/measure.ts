/** How large a node is drawn and where its ports lie: the canvas, the layout and pictures share it. */

import { NODE_WIDTH } from "./actions";
import type { NodePorts } from "./ports";
import type { Position } from "./types";

export const ROW = 18;
export const HEAD = 48;
export const COST = 16;
const PADDING = 6;

export const hasRows = (ports: NodePorts) => ports.inputs.length > 1 || ports.outputs.length > 1;

/** How much of a node its rows of ports take. */
export function rowsHeight(ports: NodePorts): number {
  return hasRows(ports) ? Math.max(ports.inputs.length, ports.outputs.length) * ROW + PADDING : 0;
}

export function nodeSize(ports: NodePorts, showsCost: boolean): { width: number; height: number } {
  return { width: NODE_WIDTH, height: HEAD + rowsHeight(ports) + (showsCost ? COST : 0) };
}

/** Where a port's handle lies: beside its row, or in the middle of the head where there is only one. */
export function handleTop(ports: NodePorts, place: number): number {
  return hasRows(ports) ? HEAD + place * ROW + ROW / 2 : HEAD / 2;
}

/** Where a link leaves a node that stands at a place, or enters it; a port that is not there counts as the first. */
export function portAt([x, y]: Position, ports: NodePorts, name: string, isOutput: boolean): Position {
  const list = isOutput ? ports.outputs : ports.inputs;
  const place = list.findIndex((port) => port.name === name);
  return [x + (isOutput ? NODE_WIDTH : 0), y + handleTop(ports, Math.max(0, place))];
}
