/** From the document to what React Flow draws. What did not change stays the same object, so that it is not drawn again. */

import { type Edge as FlowEdge, type Node as FlowNode, Position as Side } from "@xyflow/react";
import { NODE_WIDTH } from "../core/actions";
import { type Cost, costOf, largestCost, showsCost } from "../core/cost";
import { type LinkedPorts, edgeKey, linkedPorts } from "../core/document";
import { handleTop, nodeSize } from "../core/measure";
import { type NodePorts, dtypeClass, outputFacts, portsOf } from "../core/ports";
import type { Analysis, Edge, Finding, Graph, GraphNode, Kind, NodeFacts, OutputFacts } from "../core/types";

const HANDLE = 10;

export interface Costs {
  readonly own: Cost;
  readonly most: Cost;
}

export interface NodeData extends Record<string, unknown> {
  readonly node: GraphNode;
  readonly kind: Kind | undefined;
  readonly ports: NodePorts;
  readonly facts: NodeFacts | undefined;
  /** What it costs, beside the most that any node of the graph costs; undefined where it shows no cost. */
  readonly costs: Costs | undefined;
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

/** Everything a drawn node depends on. Compared piece by piece: what did not change is the same object. */
interface NodeKey {
  readonly node: GraphNode;
  readonly kind: Kind | undefined;
  readonly facts: NodeFacts | undefined;
  readonly links: LinkedPorts;
  readonly most: Cost | undefined;
  readonly isSelected: boolean;
  readonly findings: readonly Finding[];
}

const isSameCost = (a: Cost | undefined, b: Cost | undefined): boolean =>
  a === b || (a?.parameters === b?.parameters && a?.operations === b?.operations && a?.memory === b?.memory);

const isSameLinks = (a: LinkedPorts, b: LinkedPorts): boolean =>
  a === b || (a.into.join() === b.into.join() && a.from.join() === b.from.join());

const isSameKey = (a: NodeKey, b: NodeKey): boolean =>
  a.node === b.node &&
  a.kind === b.kind &&
  a.facts === b.facts &&
  isSameLinks(a.links, b.links) &&
  isSameCost(a.most, b.most) &&
  a.isSelected === b.isSelected &&
  (a.findings === b.findings || JSON.stringify(a.findings) === JSON.stringify(b.findings));

interface EdgeKey {
  readonly edge: Edge;
  readonly output: OutputFacts | undefined;
  readonly isSelected: boolean;
  readonly hasError: boolean;
  readonly isRepeat: boolean;
}

const isSameEdgeKey = (a: EdgeKey, b: EdgeKey): boolean =>
  a.edge === b.edge &&
  a.output === b.output &&
  a.isSelected === b.isSelected &&
  a.hasError === b.hasError &&
  a.isRepeat === b.isRepeat;

/** The list of before where the other holds the same objects: React Flow takes a list that is another apart. */
const keepList = <T>(before: T[], after: T[]): T[] =>
  before.length === after.length && before.every((one, place) => one === after[place]) ? before : after;

/** Draws a graph again and again, and gives back the same objects for what stayed the same. */
export class ScenePainter {
  private path = "";
  private nodes = new Map<string, { key: NodeKey; drawn: CanvasNode }>();
  private edges = new Map<string, { key: EdgeKey; drawn: CanvasEdge }>();
  private drawnNodes: CanvasNode[] = [];
  private drawnEdges: CanvasEdge[] = [];

  paintNodes({ graph, path, kinds, analysis, selection }: Inputs): CanvasNode[] {
    this.open(path);
    const facts = analysis?.graphs[path];
    const findings = groupFindings(analysis, path);
    const most = largestCost(graph, facts);
    const painted = new Map<string, { key: NodeKey; drawn: CanvasNode }>();
    const drawn = graph.nodes.map((node) => {
      const own = facts?.nodes[node.id];
      const key: NodeKey = {
        node,
        kind: kinds.get(node.kind),
        facts: own,
        links: linkedPorts(graph, node.id),
        most: showsCost(path, node.kind, own) ? most : undefined,
        isSelected: selection.has(node.id),
        findings: findings.get(node.id) ?? NOTHING,
      };
      const before = this.nodes.get(node.id);
      const fresh =
        before && isSameKey(before.key, key)
          ? before
          : { key, drawn: paintNode(key, portsOf(node, key.kind, facts, graph)) };
      painted.set(node.id, fresh);
      return fresh.drawn;
    });
    this.nodes = painted;
    this.drawnNodes = keepList(this.drawnNodes, drawn);
    return this.drawnNodes;
  }

  paintEdges({ graph, path, analysis, edges }: Inputs): CanvasEdge[] {
    this.open(path);
    const facts = analysis?.graphs[path];
    const findings = groupFindings(analysis, path);
    const painted = new Map<string, { key: EdgeKey; drawn: CanvasEdge }>();
    const told = new Set<string>();
    const drawn = graph.edges.map((edge) => {
      const port = `${edge.source} ${edge.source_port}`;
      const id = edgeKey(edge);
      const isWrong = (one: Finding) => one.severity === "error" && one.port === edge.target_port;
      const key: EdgeKey = {
        edge,
        output: outputFacts(facts, edge.source, edge.source_port),
        isSelected: edges.has(id),
        hasError: (findings.get(edge.target) ?? NOTHING).some(isWrong),
        isRepeat: told.has(port),
      };
      told.add(port);
      const before = this.edges.get(id);
      const fresh = before && isSameEdgeKey(before.key, key) ? before : { key, drawn: paintEdge(key, id) };
      painted.set(id, fresh);
      return fresh.drawn;
    });
    this.edges = painted;
    this.drawnEdges = keepList(this.drawnEdges, drawn);
    return this.drawnEdges;
  }

  /** Another graph begins from nothing: its nodes may bear the same names. */
  private open(path: string): void {
    if (path === this.path) return;
    this.path = path;
    this.nodes = new Map();
    this.edges = new Map();
  }
}

function paintNode({ node, kind, facts, most, isSelected, findings }: NodeKey, ports: NodePorts): CanvasNode {
  const [x, y] = node.position;
  const costs = most && { own: costOf(facts), most };
  return {
    id: node.id,
    type: "layer",
    position: { x, y },
    data: { node, kind, ports, facts, costs, findings },
    selected: isSelected,
    ...nodeSize(ports, most !== undefined),
    handles: handlesOf(ports),
  };
}

function paintEdge({ edge, output, isSelected, hasError, isRepeat }: EdgeKey, id: string): CanvasEdge {
  const exact = output?.shape ? `[${output.shape.join(", ")}] ${output.dtype ?? ""}` : "";
  return {
    id,
    type: "shape",
    source: edge.source,
    target: edge.target,
    sourceHandle: edge.source_port,
    targetHandle: edge.target_port,
    selected: isSelected,
    data: { edge, label: output?.label ?? "", exact, dtype: dtypeClass(output?.dtype), hasError, isRepeat },
  };
}
