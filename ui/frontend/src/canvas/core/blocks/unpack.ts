/** A block becomes the nodes it stands for: with the values of this use in place of references, as often as it repeats. */

import { NODE_WIDTH, snap } from "../actions";
import { findNode } from "../document";
import { nextId } from "../ids";
import type { Scene } from "../ports";
import { type Edge, type Edit, type Graph, type GraphNode, type Json, type Params, type Project } from "../types";
import type { Refusal } from "./collapse";
import { SubstitutionError, namesIn, substitute } from "./references";
import { isMentioned } from "./mentions";

export interface Unpacked {
  readonly edits: readonly Edit[];
  readonly nodes: readonly string[];
  /** What a person should know about it. */
  readonly hint: string | undefined;
}

type Source = readonly [node: string, port: string];

const MOST_NODES = 400;

export function unpackEdits(project: Project, scene: Scene, id: string): Unpacked | Refusal {
  const block = findNode(scene.graph, id);
  const name = String(block?.params.network ?? "");
  const inner = project.networks[name];
  if (block?.kind !== "Block" || !inner) return { refusal: "Select one block to unpack it." };
  const repeat = readRepeat(scene, block);
  const given = (block.params.arguments ?? {}) as Params;
  const scope = { ...inner.params, ...given };
  const refusal = refuseUnpack(scene.graph, block, inner, scope, repeat);
  if (refusal || repeat === undefined) return { refusal: refusal ?? "" };
  try {
    const built = new Unroller(scene.graph, block, inner, scope).unroll(repeat);
    const isLast = !isMentioned(project, name, { graph: scene.path, node: id });
    const edits: Edit[] = [
      { op: "remove_node", graph: scene.path, id },
      ...(isLast ? [{ op: "remove_graph", name }] : []),
      ...makeRoom(scene.graph, scene.path, block, built.width),
      ...built.nodes.map((node, at): Edit => ({
        op: "add_node",
        graph: scene.path,
        node,
        index: scene.graph.nodes.indexOf(block) + at,
      })),
      ...built.edges.map((edge): Edit => ({ op: "connect", graph: scene.path, edge })),
    ];
    return { edits, nodes: built.nodes.map((node) => node.id), hint: tellHint(id, name, repeat, isLast) };
  } catch (error) {
    if (!(error instanceof SubstitutionError)) throw error;
    return { refusal: `${id} cannot be unpacked: ${error.message}.` };
  }
}

function tellHint(id: string, name: string, repeat: number, isLast: boolean): string | undefined {
  const unrolled = repeat > 1 ? `${id} was repeated ${repeat} times: its nodes stand here ${repeat} times.` : "";
  const gone = isLast ? `Nothing else used ${name}, so it went with it.` : "";
  return [unrolled, gone].filter(Boolean).join(" ") || undefined;
}

function readRepeat(scene: Scene, block: GraphNode): number | undefined {
  const written = block.params.repeat ?? 1;
  const value =
    typeof written === "number" ? written : scene.analysis?.graphs[scene.path]?.nodes[block.id]?.params?.repeat;
  return typeof value === "number" && value >= 1 ? value : undefined;
}

function refuseUnpack(
  graph: Graph,
  block: GraphNode,
  inner: Graph,
  scope: Params,
  repeat: number | undefined,
): string | undefined {
  const sharer = graph.nodes.find((node) => node.weights_of === block.id);
  if (block.weights_of || sharer) {
    const [one, other] = block.weights_of ? [block.id, block.weights_of] : [sharer?.id, block.id];
    return `${one} shares the weights of ${other}. Give it weights of its own first.`;
  }
  if (block.bypassed) return `${block.id} is bypassed. Let it take part again first.`;
  if (repeat === undefined) return `How often ${block.id} repeats is not known. Set repeat to a number first.`;
  const count = inner.nodes.length * repeat;
  if (count > MOST_NODES)
    return `${block.id} repeats ${repeat} times and would become ${count} nodes. Lower repeat first.`;
  const meant = inner.nodes.flatMap((node) => [...namesIn(node.params as Json)]).filter((name) => !(name in scope));
  const clash = meant.find((name) => name in graph.params);
  return clash
    ? `$${clash} in ${String(block.params.network)} is a fact of the data, and here a parameter of the network. Rename one of them first.`
    : undefined;
}

/** Lays the repetitions of a block one behind the other, the outputs of one feeding the next. */
class Unroller {
  private readonly nodes: GraphNode[] = [];
  private readonly edges: Edge[] = [];
  private readonly taken: Set<string>;
  private readonly parts: readonly GraphNode[];
  private readonly left: number;
  private readonly top: number;
  private readonly span: number;

  constructor(
    private readonly graph: Graph,
    private readonly block: GraphNode,
    private readonly inner: Graph,
    private readonly scope: Params,
  ) {
    this.taken = new Set(graph.nodes.filter((node) => node !== block).map((node) => node.id));
    this.parts = inner.nodes.filter((node) => node.kind !== "Input" && node.kind !== "Output");
    const xs = this.parts.map((node) => node.position[0]);
    this.left = Math.min(...xs);
    this.top = Math.min(...this.parts.map((node) => node.position[1]));
    this.span = this.parts.length > 0 ? Math.max(...xs) - this.left + NODE_WIDTH + 64 : 0;
  }

  unroll(repeat: number): { nodes: GraphNode[]; edges: Edge[]; width: number } {
    let bound = new Map<string, Source>(
      this.graph.edges
        .filter((edge) => edge.target === this.block.id)
        .map((edge) => [edge.target_port, [edge.source, edge.source_port]]),
    );
    let outputs: (readonly [string, Source | undefined])[] = [];
    for (let turn = 0; turn < repeat; turn += 1) {
      outputs = this.addTurn(turn, bound);
      bound = this.feedNext(bound, outputs);
    }
    const ends = new Map(outputs);
    for (const edge of this.graph.edges.filter((one) => one.source === this.block.id)) {
      const end = ends.get(edge.source_port);
      if (end) this.edges.push({ ...edge, source: end[0], source_port: end[1] });
    }
    return { nodes: this.nodes, edges: this.edges, width: this.span * repeat };
  }

  /** Outputs feed the inputs at their places; inputs beyond them get what they got before. */
  private feedNext(bound: Map<string, Source>, outputs: readonly (readonly [string, Source | undefined])[]) {
    const next = new Map(bound);
    this.inner.nodes
      .filter((node) => node.kind === "Input")
      .forEach((input, at) => {
        const output = outputs[at]?.[1];
        if (output) next.set(input.id, output);
      });
    return next;
  }

  private addTurn(turn: number, bound: ReadonlyMap<string, Source>): (readonly [string, Source | undefined])[] {
    const names = new Map<string, string>();
    for (const { id } of this.parts) {
      const name = this.taken.has(id) ? nextId(id, this.taken) : id;
      this.taken.add(name);
      names.set(id, name);
    }
    this.nodes.push(...this.parts.map((node) => this.place(node, turn, names)));
    const find = (edge: Edge): Source | undefined =>
      names.has(edge.source) ? [names.get(edge.source) as string, edge.source_port] : bound.get(edge.source);
    for (const edge of this.inner.edges) {
      const [source, target] = [find(edge), names.get(edge.target)];
      if (source && target) this.edges.push({ ...edge, source: source[0], source_port: source[1], target, via: [] });
    }
    return this.inner.nodes
      .filter((node) => node.kind === "Output")
      .map((node) => {
        const edge = this.inner.edges.find((one) => one.target === node.id);
        return [node.id, edge && find(edge)] as const;
      });
  }

  private place(node: GraphNode, turn: number, names: ReadonlyMap<string, string>): GraphNode {
    const [x, y] = this.block.position;
    return {
      ...node,
      id: names.get(node.id) as string,
      params: substitute(node.params as Json, this.scope) as Params,
      position: [snap(x + node.position[0] - this.left + turn * this.span), snap(y + node.position[1] - this.top)],
      weights_of: node.weights_of === null ? null : (names.get(node.weights_of) ?? null),
    };
  }
}

/** Move what lies to the right of a block aside. */
function makeRoom(graph: Graph, path: string, block: GraphNode, width: number): Edit[] {
  const shift = snap(width - NODE_WIDTH - 64);
  const moved = graph.nodes.filter((node) => node.position[0] > block.position[0]);
  if (shift <= 0 || moved.length === 0) return [];
  const positions = Object.fromEntries(moved.map((node) => [node.id, [node.position[0] + shift, node.position[1]]]));
  return [{ op: "move", graph: path, positions }];
}
