/** A block becomes the nodes it stands for: with the values of this use in place of references, as often as it repeats. */

import { NODE_WIDTH, snap } from "../actions";
import { findNode, graphAt } from "../document";
import { applyEdits } from "../edits";
import { nextId } from "../ids";
import type { Scene } from "../ports";
import { shiftEdits } from "../room";
import type { Edge, Edit, Frame, Graph, GraphNode, Json, Note, Params, Position, Project } from "../types";
import type { Refusal } from "./collapse";
import { argumentsAt, networkAt, networksOf } from "./repetitions";
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
  const names = block ? networksOf(block) : [];
  if (block?.kind !== "Block" || names.length === 0 || names.some((name) => !project.networks[name])) {
    return { refusal: "Select one block to unpack it." };
  }
  const repeat = readRepeat(scene, block);
  const turns = Array.from({ length: repeat ?? 1 }, (_, turn) => readTurn(project, block, turn));
  const refusal = refuseUnpack(scene.graph, block, turns, repeat);
  if (refusal || repeat === undefined) return { refusal: refusal ?? "" };
  try {
    const built = new Unroller(scene.graph, block, project.networks[networkAt(block, 1)] as Graph, turns).unroll();
    const room = shiftEdits(scene.graph, scene.path, block.position[0] + 1, aside(built.width));
    const last = names.filter((name) => !isMentioned(project, name, { graph: scene.path, node: id }));
    const edits: Edit[] = [
      { op: "remove_node", graph: scene.path, id },
      ...last.map((name): Edit => ({ op: "remove_graph", name })),
      ...room,
      ...built.nodes.map((node, at): Edit => ({
        op: "add_node",
        graph: scene.path,
        node,
        index: scene.graph.nodes.indexOf(block) + at,
      })),
      ...built.edges.map((edge): Edit => ({ op: "connect", graph: scene.path, edge })),
      ...addAnnotations(graphAt(applyEdits(project, room), scene.path) ?? scene.graph, scene.path, built),
    ];
    return { edits, nodes: built.nodes.map((node) => node.id), hint: tellHint(id, last, repeat) };
  } catch (error) {
    if (!(error instanceof SubstitutionError)) throw error;
    return { refusal: `${id} cannot be unpacked: ${error.message}.` };
  }
}

/** One repetition: its network, and the values of that network's parameters. */
interface Turn {
  readonly inner: Graph;
  readonly scope: Params;
}

function readTurn(project: Project, block: GraphNode, turn: number): Turn {
  const inner = project.networks[networkAt(block, turn)] as Graph;
  return { inner, scope: { ...inner.params, ...argumentsAt(block, turn) } };
}

function tellHint(id: string, last: readonly string[], repeat: number): string | undefined {
  const unrolled = repeat > 1 ? `${id} was repeated ${repeat} times: its nodes stand here ${repeat} times.` : "";
  const gone = last.map((name) => `Nothing else used ${name}, so it went with it.`).join(" ");
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
  turns: readonly Turn[],
  repeat: number | undefined,
): string | undefined {
  const sharer = graph.nodes.find((node) => node.weights_of === block.id);
  if (block.weights_of || sharer) {
    const [one, other] = block.weights_of ? [block.id, block.weights_of] : [sharer?.id, block.id];
    return `${one} shares the weights of ${other}. Give it weights of its own first.`;
  }
  if (block.bypassed) return `${block.id} is bypassed. Let it take part again first.`;
  if (repeat === undefined) return `How often ${block.id} repeats is not known. Set repeat to a number first.`;
  const count = turns.reduce((sum, { inner }) => sum + inner.nodes.length, 0);
  if (count > MOST_NODES)
    return `${block.id} repeats ${repeat} times and would become ${count} nodes. Lower repeat first.`;
  const meant = turns.flatMap(({ inner, scope }) =>
    inner.nodes.flatMap((node) => [...namesIn(node.params as Json)]).filter((name) => !(name in scope)),
  );
  const clash = meant.find((name) => name in graph.params);
  return clash
    ? `$${clash} in ${networksOf(block).join(" or ")} is a fact of the data, and here a parameter of the network. Rename one of them first.`
    : undefined;
}

interface Built {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
  readonly frames: readonly Frame[];
  readonly notes: readonly Note[];
  readonly width: number;
}

/** The frames and notes of the block stand beside those that are there. */
function addAnnotations(graph: Graph, path: string, { frames, notes }: Built): Edit[] {
  const fields = {
    ...(frames.length > 0 && { frames: [...graph.frames, ...frames] }),
    ...(notes.length > 0 && { notes: [...graph.notes, ...notes] }),
  };
  return Object.keys(fields).length > 0 ? [{ op: "set_graph", graph: path, fields }] : [];
}

/** Lays the repetitions of a block one behind the other, the outputs of one feeding the next. */
class Unroller {
  private readonly nodes: GraphNode[] = [];
  private readonly edges: Edge[] = [];
  private readonly taken: Set<string>;
  private readonly frames: Frame[] = [];
  private readonly notes: Note[] = [];
  private width = 0;

  constructor(
    private readonly graph: Graph,
    private readonly block: GraphNode,
    private readonly repeated: Graph,
    private readonly turns: readonly Turn[],
  ) {
    this.taken = new Set(graph.nodes.filter((node) => node !== block).map((node) => node.id));
  }

  /** The network that is repeated names the ports of the block; those of another first one match by their places. */
  unroll(): Built {
    const named = this.portsOf("Input").map((id) =>
      this.graph.edges.find((edge) => edge.target === this.block.id && edge.target_port === id),
    );
    let values = named.map((edge): Source | undefined => edge && [edge.source, edge.source_port]);
    let outputs: (Source | undefined)[] = [];
    for (const turn of this.turns) {
      outputs = this.addTurn(turn, values);
      values = values.map((value, at) => outputs[at] ?? value);
    }
    const ends = new Map(this.portsOf("Output").map((id, at) => [id, outputs[at]]));
    for (const edge of this.graph.edges.filter((one) => one.source === this.block.id)) {
      const end = ends.get(edge.source_port);
      if (end) this.edges.push({ ...edge, source: end[0], source_port: end[1] });
    }
    return { nodes: this.nodes, edges: this.edges, frames: this.frames, notes: this.notes, width: this.width };
  }

  private portsOf(kind: "Input" | "Output"): string[] {
    return idsOf(this.repeated, kind);
  }

  /** Outputs feed the inputs at their places; inputs beyond them get what they got before. */
  private addTurn(turn: Turn, values: readonly (Source | undefined)[]): (Source | undefined)[] {
    const { inner } = turn;
    const bound = new Map(idsOf(inner, "Input").map((id, at) => [id, values[at]]));
    const parts = inner.nodes.filter((node) => node.kind !== "Input" && node.kind !== "Output");
    const names = new Map<string, string>();
    for (const { id } of parts) {
      const name = this.taken.has(id) ? nextId(id, this.taken) : id;
      this.taken.add(name);
      names.set(id, name);
    }
    this.place(turn, parts, names);
    const find = (edge: Edge): Source | undefined =>
      names.has(edge.source) ? [names.get(edge.source) as string, edge.source_port] : bound.get(edge.source);
    for (const edge of inner.edges) {
      const [source, target] = [find(edge), names.get(edge.target)];
      if (source && target) this.edges.push({ ...edge, source: source[0], source_port: source[1], target, via: [] });
    }
    return idsOf(inner, "Output").map((id) => {
      const edge = inner.edges.find((one) => one.target === id);
      return edge && find(edge);
    });
  }

  /** Put the nodes of one repetition behind those before it. */
  private place({ inner, scope }: Turn, parts: readonly GraphNode[], names: ReadonlyMap<string, string>): void {
    if (parts.length === 0) return;
    const [x, y] = this.block.position;
    const left = Math.min(...parts.map((node) => node.position[0]));
    const top = Math.min(...parts.map((node) => node.position[1]));
    const to = ([atX, atY]: Position): Position => [snap(x + atX - left + this.width), snap(y + atY - top)];
    this.frames.push(...inner.frames.map((frame) => ({ ...frame, position: to(frame.position) })));
    this.notes.push(...inner.notes.map((note) => ({ ...note, position: to(note.position) })));
    for (const node of parts) {
      this.nodes.push({
        ...node,
        id: names.get(node.id) as string,
        params: substitute(node.params as Json, scope) as Params,
        position: to(node.position),
        weights_of: node.weights_of === null ? null : (names.get(node.weights_of) ?? null),
      });
    }
    this.width += Math.max(...parts.map((node) => node.position[0])) - left + NODE_WIDTH + 64;
  }
}

const idsOf = (graph: Graph, kind: "Input" | "Output"): string[] =>
  graph.nodes.filter((node) => node.kind === kind).map((node) => node.id);

/** How far what lies to the right of a block moves aside. */
const aside = (width: number): number => Math.max(0, snap(width - NODE_WIDTH - 64));
