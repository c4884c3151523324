/** How large a node is drawn and where its ports lie: the canvas, the layout and pictures share it. */

import { NODE_WIDTH } from "./actions";
import type { NodePorts } from "./ports";
import type { NodeFacts } from "./types";

export const ROW = 18;
export const HEAD = 48;
export const COST = 16;
const PADDING = 6;

export const hasRows = (ports: NodePorts) => ports.inputs.length > 1 || ports.outputs.length > 1;

export function nodeSize(ports: NodePorts, facts: NodeFacts | undefined): { width: number; height: number } {
  const rows = hasRows(ports) ? Math.max(ports.inputs.length, ports.outputs.length) * ROW + PADDING : 0;
  return { width: NODE_WIDTH, height: HEAD + rows + (facts?.parameters ? COST : 0) };
}

/** Where a port's handle lies: beside its row, or in the middle of the head where there is only one. */
export function handleTop(ports: NodePorts, place: number): number {
  return hasRows(ports) ? HEAD + place * ROW + ROW / 2 : HEAD / 2;
}
