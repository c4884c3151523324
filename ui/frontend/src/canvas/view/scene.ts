/** From the document to what React Flow draws. What did not change stays the same object, so that it is not drawn again. */

import { type Edge as FlowEdge, type Node as FlowNode, Position as Side } from "@xyflow/react";
import { NODE_WIDTH } from "../core/actions";
import { edgeKey } from "../core/document";
import { type NodePorts, dtypeClass, outputFacts, portsOf } from "../core/ports";
import type { Analysis, Edge, Finding, Graph, GraphNode, Kind, NodeFacts } from "../core/types";

export const ROW = 18;
const HEAD = 48;
const COST = 16;
const PADDING = 6;
const HANDLE = 10;

export interface NodeData extends Record<string, unknown> {
  readonly node: GraphNode;
  readonly kind: Kind | undefined;
  readonly ports: NodePorts;
  readonly facts: NodeFacts | undefined;
  readonly share: number;
  readonly findings: readonly Finding[];
}

export interface EdgeData extends Record<string, unknown> {
  readonly edge: Edge;
  readonly label: string;
  readonly exact: string;
  readonly dtype: string;
  readonly hasError: boolean;
  /** Another link from the same port already shows the shape. */
  readonly isRepeat: boolean;
}

export type CanvasNode = FlowNode<NodeData, "layer">;
export type CanvasEdge = FlowEdge<EdgeData, "shape">;

export const hasRows = (ports: NodePorts) => ports.inputs.length > 1 || ports.outputs.length > 1;

export function nodeSize(ports: NodePorts, facts: NodeFacts | undefined): { width: number; height: number } {
  const rows = hasRows(ports) ? Math.max(ports.inputs.length, ports.outputs.length) * ROW + PADDING : 0;
  return { width: NODE_WIDTH, height: HEAD + rows + (facts?.parameters ? COST : 0) };
}

/** Where a port's handle lies: beside its row, or in the middle of the head where there is only one. */
export function handleTop(ports: NodePorts, place: number): number {
  return hasRows(ports) ? HEAD + place * ROW + ROW / 2 : HEAD / 2;
}

function handlesOf(ports: NodePorts): NonNullable<CanvasNode["handles"]> {
  const describe = (type: "source" | "target") => (port: { name: string }, place: number) => ({
    id: port.name,
    type,
    position: type === "target" ? Side.Left : Side.Right,
    x: type === "target" ? -HANDLE / 2 : NODE_WIDTH - HANDLE / 2,
    y: handleTop(ports, place) - HANDLE / 2,
    width: HANDLE,
    height: HANDLE,
  });
  return [...ports.inputs.map(describe("target")), ...ports.outputs.map(describe("source"))];
}

interface Inputs {
  readonly graph: Graph;
  readonly path: string;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly analysis: Analysis | undefined;
  readonly selection: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

export function groupFindings(analysis: Analysis | undefined, path: string): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of analysis?.findings ?? []) {
    if (finding.graph !== path || !finding.node) continue;
    groups.set(finding.node, [...(groups.get(finding.node) ?? []), finding]);
  }
  return groups;
}

const NOTHING: readonly Finding[] = [];

/** Draws a graph again and again, and gives back the same objects for what stayed the same. */
export class ScenePainter {
  private nodes = new Map<string, { key: string; node: GraphNode; drawn: CanvasNode }>();
  private edges = new Map<string, { key: string; drawn: CanvasEdge }>();

  paintNodes({ graph, path, kinds, analysis, selection }: Inputs): CanvasNode[] {
    const facts = analysis?.graphs[path];
    const findings = groupFindings(analysis, path);
    const largest = Math.max(1, ...graph.nodes.map((node) => facts?.nodes[node.id]?.parameters ?? 0));
    const linked = countLinks(graph);
    const painted = new Map<string, { key: string; node: GraphNode; drawn: CanvasNode }>();
    for (const node of graph.nodes) {
      const own = facts?.nodes[node.id];
      const share = (own?.parameters ?? 0) / largest;
      const found = findings.get(node.id) ?? NOTHING;
      const key = JSON.stringify([
        path,
        own,
        share,
        found,
        selection.has(node.id),
        linked.get(node.id),
        kinds.has(node.kind),
      ]);
      const before = this.nodes.get(node.id);
      if (before?.key === key && before.node === node) {
        painted.set(node.id, before);
        continue;
      }
      const kind = kinds.get(node.kind);
      const ports = portsOf(node, kind, facts, graph);
      painted.set(node.id, {
        key,
        node,
        drawn: paintNode({ node, kind, ports, facts: own, share, findings: found }, selection.has(node.id)),
      });
    }
    this.nodes = painted;
    return graph.nodes.map((node) => (painted.get(node.id) as { drawn: CanvasNode }).drawn);
  }

  paintEdges({ graph, path, analysis, edges }: Inputs): CanvasEdge[] {
    const facts = analysis?.graphs[path];
    const findings = groupFindings(analysis, path);
    const painted = new Map<string, { key: string; drawn: CanvasEdge }>();
    const told = new Set<string>();
    const drawn = graph.edges.map((edge) => {
      const port = `${edge.source} ${edge.source_port}`;
      const isRepeat = told.has(port);
      told.add(port);
      const output = outputFacts(facts, edge.source, edge.source_port);
      const id = edgeKey(edge);
      const hasError = (findings.get(edge.target) ?? []).some(
        (one) => one.severity === "error" && one.port === edge.target_port,
      );
      const key = JSON.stringify([path, output, edges.has(id), hasError, isRepeat]);
      const before = this.edges.get(id);
      const fresh =
        before?.key === key
          ? before
          : { key, drawn: paintEdge(edge, id, edges.has(id), { hasError, isRepeat }, output) };
      painted.set(id, fresh);
      return fresh.drawn;
    });
    this.edges = painted;
    return drawn;
  }
}

function countLinks(graph: Graph): Map<string, string> {
  const links = new Map<string, string>();
  for (const edge of graph.edges) {
    links.set(edge.target, `${links.get(edge.target) ?? ""} >${edge.target_port}`);
    links.set(edge.source, `${links.get(edge.source) ?? ""} <${edge.source_port}`);
  }
  return links;
}

function paintNode(data: NodeData, selected: boolean): CanvasNode {
  const size = nodeSize(data.ports, data.facts);
  const [x, y] = data.node.position;
  return {
    id: data.node.id,
    type: "layer",
    position: { x, y },
    data,
    selected,
    ...size,
    handles: handlesOf(data.ports),
  };
}

function paintEdge(
  edge: Edge,
  id: string,
  selected: boolean,
  marks: { hasError: boolean; isRepeat: boolean },
  output: ReturnType<typeof outputFacts>,
): CanvasEdge {
  const exact = output?.shape ? `[${output.shape.join(", ")}] ${output.dtype ?? ""}` : "";
  return {
    id,
    type: "shape",
    source: edge.source,
    target: edge.target,
    sourceHandle: edge.source_port,
    targetHandle: edge.target_port,
    selected,
    data: { edge, label: output?.label ?? "", exact, dtype: dtypeClass(output?.dtype), ...marks },
  };
}
