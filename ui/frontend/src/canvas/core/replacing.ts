/** Putting another kind in a node's place: links, shared parameters and the name go on where they can. */

import { findNode, sameEdge } from "./document";
import { suggestId } from "./ids";
import { type NodePorts, type Scene, refuseDtype, scenePorts } from "./ports";
import { type Field, listFields, parseText, writeText } from "./schema";
import type { Edge, Edit, GraphNode, Json, Kind, Port } from "./types";

/** Replace nodes by another kind. Gives the ids that they bear afterwards. */
export function replaceEdits(scene: Scene, ids: ReadonlySet<string>, kind: Kind): { edits: Edit[]; ids: string[] } {
  const { graph, path } = scene;
  const nodes = graph.nodes.filter((node) => ids.has(node.id) && node.kind !== kind.kind);
  const taken = new Set(graph.nodes.map((node) => node.id));
  const renamed: Edit[] = [];
  const names = nodes.map((node) => {
    const to = nameAfter(node, kind, taken);
    taken.add(to);
    if (to !== node.id) renamed.push({ op: "rename_node", graph: path, id: node.id, to });
    return to;
  });
  const edits = [...nodes.flatMap((node) => becomeEdits(scene, node, kind)), ...relinkEdits(scene, nodes, kind)];
  return { edits: [...edits, ...renamed], ids: names };
}

/** The kind, and of the parameters those that the new kind has too and can take. */
function becomeEdits({ graph, path }: Scene, node: GraphNode, kind: Kind): Edit[] {
  const fields = new Map(listFields(kind).map((field) => [field.name, field]));
  const lost = Object.entries(node.params).filter(([name, value]) => {
    const field = fields.get(name);
    return !field || !takesValue(field, value);
  });
  const model = node.weights_of === null ? undefined : findNode(graph, node.weights_of);
  const lenders: readonly (string | undefined)[] = [kind.kind, ...(kind.borrows_from ?? [])];
  const sharing = node.weights_of !== null && !lenders.includes(model?.kind) ? { weights_of: null } : {};
  return [
    { op: "set_node", graph: path, id: node.id, fields: { kind: kind.kind, ...sharing } },
    ...lost.map(([name]): Edit => ({ op: "unset_param", graph: path, id: node.id, name })),
  ];
}

/** Links of the nodes, from the old kind's ports to the new one's: by name, else by place. What fits nowhere goes. */
function relinkEdits(scene: Scene, nodes: readonly GraphNode[], kind: Kind): Edit[] {
  if (kind.dynamic_ports) return [];
  const ports = new Map(nodes.map((node) => [node.id, scenePorts(scene, node)]));
  const inputs = new Map([...ports].map(([id, old]) => [id, assignInputs(scene, kind, id, old)]));
  const edits = scene.graph.edges.map((edge) => {
    const [from, into] = [ports.get(edge.source), inputs.get(edge.target)];
    const source_port = from ? matchOutput(kind, edge.source_port, from) : edge.source_port;
    const target_port = into ? into.get(edge.target_port) : edge.target_port;
    return { edge, moved: source_port && target_port ? { ...edge, source_port, target_port } : undefined };
  });
  const changed = edits.filter(({ edge, moved }) => !moved || !sameEdge(edge, moved));
  return [
    ...changed.map(({ edge }): Edit => ({ op: "disconnect", graph: scene.path, edge })),
    ...changed.flatMap(({ moved }): Edit[] => (moved ? [{ op: "connect", graph: scene.path, edge: moved }] : [])),
  ];
}

/** For each linked port the one that takes its link: of the same name, else the next free one that takes such numbers. */
function assignInputs(scene: Scene, kind: Kind, id: string, old: NodePorts): Map<string, string> {
  const order = old.inputs.map((port) => port.name);
  const edges = scene.graph.edges
    .filter((edge) => edge.target === id)
    .sort((a, b) => order.indexOf(a.target_port) - order.indexOf(b.target_port));
  const places = kind.inputs.flatMap((port) =>
    port.variadic ? edges.map((_, number) => ({ ...port, name: `${port.name}.${number}` })) : [port],
  );
  const assigned = new Map<string, string>();
  const free = new Map(places.map((port) => [port.name, port]));
  const assign = (edge: Edge, port: Port | undefined) => {
    if (!port || !takes(scene, edge, port)) return;
    assigned.set(edge.target_port, port.name);
    free.delete(port.name);
  };
  for (const edge of edges) assign(edge, free.get(edge.target_port));
  for (const edge of edges) {
    if (!assigned.has(edge.target_port))
      assign(
        edge,
        [...free.values()].find((port) => takes(scene, edge, port)),
      );
  }
  return assigned;
}

const takes = (scene: Scene, edge: Edge, port: Port) => refuseDtype(scene, edge, port) === undefined;

/** Whether a field can hold a value that another kind held. */
const takesValue = (field: Field, value: Json) => !("fault" in parseText(writeText(value), field.type, field.nullable));

function matchOutput(kind: Kind, port: string, old: NodePorts): string | undefined {
  if (kind.outputs.some((one) => one.name === port)) return port;
  return kind.outputs[old.outputs.findIndex((one) => one.name === port)]?.name;
}

/** A name that the old kind gave is given anew; one that a person chose stays. */
function nameAfter(node: GraphNode, kind: Kind, taken: ReadonlySet<string>): string {
  const stem = node.id.replace(/_?\d+$/, "");
  return [node.id, stem].includes(suggestId(node.kind, [])) ? suggestId(kind.kind, taken) : node.id;
}
