/** Finding nodes: by name, kind, value of a parameter, and by what is wrong with them. */

import { type Scene, kindsOf } from "./ports";
import type { GraphNode, Json, Severity } from "./types";

type Test = (node: GraphNode) => boolean;

/** Ids of the nodes that every word of a query fits: `conv`, `Linear`, `kernel_size=3`, `p>0.2`, `error`. */
export function findNodes(scene: Scene, query: string): string[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const tests = words.map((word) => readWord(scene, word));
  return scene.graph.nodes.filter((node) => tests.every((test) => test(node))).map((node) => node.id);
}

const SEVERITIES: Readonly<Record<string, Severity>> = {
  error: "error",
  errors: "error",
  warning: "warning",
  warnings: "warning",
  hint: "advice",
  hints: "advice",
};

function readWord(scene: Scene, word: string): Test {
  const severity = SEVERITIES[word];
  const compared = /^([a-z_][a-z0-9_.]*)(=|<|>)(.*)$/.exec(word);
  if (compared) {
    const [, name = "", sign = "=", wanted = ""] = compared;
    return (node) => compare(valueOf(scene, node, name), sign, wanted);
  }
  const isTroubled = (node: GraphNode) =>
    severity !== undefined &&
    (scene.analysis?.findings ?? []).some(
      (finding) => finding.graph === scene.path && finding.node === node.id && finding.severity === severity,
    );
  return (node) => isTroubled(node) || holdsWord(node, word);
}

function holdsWord(node: GraphNode, word: string): boolean {
  const texts = [node.id, node.kind, ...Object.entries(node.params).map((entry) => JSON.stringify(entry))];
  return texts.some((text) => text.toLowerCase().includes(word));
}

/** What a parameter is: as it was set, or as it came out, or as it is by default. */
function valueOf(scene: Scene, node: GraphNode, wanted: string): Json | undefined {
  const resolved = scene.analysis?.graphs[scene.path]?.nodes[node.id]?.params ?? {};
  const kind = kindsOf(scene.catalogue, scene.path).find((one) => one.kind === node.kind);
  const names = new Set([...Object.keys(node.params), ...Object.keys(kind?.schema.properties ?? {})]);
  const name = [...names].find((one) => one.toLowerCase() === wanted);
  if (name === undefined) return undefined;
  return node.params[name] ?? resolved[name] ?? kind?.schema.properties?.[name]?.default ?? null;
}

/** A list fits where all of it does: a kernel of 3 × 3 is one of 3. */
function compare(value: Json | undefined, sign: string, wanted: string): boolean {
  if (value === undefined) return false;
  if (Array.isArray(value) && value.length > 0) return value.every((item) => compare(item, sign, wanted));
  if (sign === "=") return String(value).toLowerCase() === wanted || (value === null && wanted === "none");
  const [left, right] = [Number(value), Number(wanted)];
  if (value === null || wanted === "" || Number.isNaN(left) || Number.isNaN(right)) return false;
  return sign === "<" ? left < right : left > right;
}
