/** How large a node is drawn and where its ports lie: the canvas, the layout and pictures share it. */

import { NODE_WIDTH } from "./actions";
import type { NodePorts } from "./ports";

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
