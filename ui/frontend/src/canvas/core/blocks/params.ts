/** The parameters of a network as fields of a form: at its uses, and where they are made. */

import type { Field, FieldType } from "../schema";
import type { Edit, Graph, GraphNode, Json, Params } from "../types";
import { givenIn } from "./repetitions";

const NUMBER: FieldType = { type: "number", whole: false };
const WHOLE: FieldType = { type: "number", whole: true };

/** What may be given for a parameter, as its default tells. A reference may stand anywhere. */
export function typeOfDefault(value: Json): FieldType {
  if (typeof value === "boolean") return { type: "choice", choices: [true, false] };
  if (typeof value === "number") return Number.isInteger(value) ? { type: "either", options: [WHOLE, NUMBER] } : NUMBER;
  if (typeof value === "string") return { type: "either", options: [NUMBER, { type: "text" }] };
  return Array.isArray(value) ? { type: "list", items: NUMBER } : { type: "json" };
}

const field = (holder: string, name: string, standard: Json | undefined, type: FieldType, help: string): Field => ({
  name: `${holder.replace(/s$/, "")}-${name}`,
  title: name,
  help,
  type,
  nullable: false,
  standard,
  group: undefined,
  unit: "",
  of: undefined,
  when: {},
});

/** One field for each parameter of a network, and for each value that a use gives for none of them. */
export function listArguments(network: Graph, given: Params, holder = "arguments"): Field[] {
  const own = Object.entries(network.params).map(([name, value]) =>
    field(holder, name, value, typeOfDefault(value), "A parameter of the network that this block uses."),
  );
  const lost = Object.keys(given).filter((name) => !Object.hasOwn(network.params, name));
  return [
    ...own,
    ...lost.map((name) => field(holder, name, undefined, { type: "json" }, "The network has no such parameter.")),
  ];
}

export const argumentName = ({ title }: Field): string => title;

/** Give a value for a parameter of the network at these uses; undefined takes it back to the default. */
export function argumentEdits(
  path: string,
  nodes: readonly GraphNode[],
  name: string,
  value: Json | undefined,
  holder = "arguments",
): Edit[] {
  return nodes.map((node) => {
    const rest = Object.entries(givenIn(node, holder)).filter(([one]) => one !== name || value !== undefined);
    const given: Record<string, Json> = Object.fromEntries(rest);
    if (value !== undefined) given[name] = value;
    const edit = { graph: path, id: node.id, name: holder };
    return Object.keys(given).length > 0 ? { op: "set_param", ...edit, value: given } : { op: "unset_param", ...edit };
  });
}

/** Read a default as a person types it: a number, a list, true, a reference, else a text. */
export function readDefault(text: string): Json {
  const trimmed = text.trim();
  if (trimmed.includes("$")) return trimmed;
  try {
    return JSON.parse(trimmed) as Json;
  } catch {
    const parts = trimmed.split(/[,×]/).map((part) => Number(part.trim() || Number.NaN));
    return parts.length > 1 && parts.every(Number.isFinite) ? parts : trimmed;
  }
}

/** Set the parameters of a network, one of them changed, added at the end, or left out. */
export function paramEdits(path: string, graph: Graph, name: string, value: Json | undefined): Edit[] {
  const kept = Object.entries(graph.params).filter(([one]) => one !== name || value !== undefined);
  const params: Record<string, Json> = Object.fromEntries(kept);
  if (value !== undefined) params[name] = value;
  return [{ op: "set_graph", graph: path, fields: { params } }];
}
