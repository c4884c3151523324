/**
 * Ten thousand random edits with random undo and redo. Beside the editor runs a model that knows only whole copies of the
 * document; and a server that knows only the patches it is sent. The three never disagree.
 */

import { expect, it } from "vitest";
import { fillProject, graphAt, graphPaths } from "./core/document";
import { type Patch, applyPatch } from "./core/patch";
import type { Answer } from "./core/sync";
import type { Edit, Project } from "./core/types";
import { Editor } from "./editor";
import type { Change, Server } from "./exchange";

const EDITS = 10_000;
const KINDS = ["Linear", "ReLU", "Add", "Conv2d", "Unheard"];

/** A small generator of random numbers that gives the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function makeEdits(project: Project, random: (below: number) => number, number: number): Edit[] {
  const paths = graphPaths(project);
  const path = paths[random(paths.length)] as string;
  const graph = graphAt(project, path);
  const ids = graph?.nodes.map((node) => node.id) ?? [];
  const id = () => ids[random(ids.length)] ?? "nobody";
  const port = () => ["input", "output", "inputs.0", "inputs.1"][random(4)];
  const add = {
    op: "add_node",
    graph: path,
    node: { id: `n${number}`, kind: KINDS[random(5)], position: [random(900), 0] },
  };
  const kinds: (() => Edit[])[] = [
    () => [add],
    () => [add, { op: "connect", graph: path, edge: { source: id(), target: `n${number}` } }],
    () => [{ op: "remove_node", graph: path, id: id() }],
    () => [{ op: "connect", graph: path, edge: { source: id(), target: id(), target_port: port() } }],
    () =>
      graph?.edges.length ? [{ op: "disconnect", graph: path, edge: graph.edges[random(graph.edges.length)] }] : [],
    () => [{ op: "set_param", graph: path, id: id(), name: "out_features", value: random(64) }],
    () => [{ op: "unset_param", graph: path, id: id(), name: "out_features" }],
    () => [{ op: "move", graph: path, positions: { [id()]: [random(500), random(500)], [id()]: [random(500), 0] } }],
    () => [{ op: "rename_node", graph: path, id: id(), to: `r${random(60)}` }],
    () => [{ op: "set_node", graph: path, id: id(), fields: { bypassed: random(2) === 0 } }],
    () => [{ op: "set", path: "run.epochs", value: 1 + random(50) }],
    () => [{ op: "add_graph", name: `net${random(5)}` }],
    () => [{ op: "remove_graph", name: `net${random(5)}` }],
  ];
  return (kinds[random(kinds.length)] as () => Edit[])();
}

/** A server that holds nothing but what patches make of its document, as text. */
class Copy implements Server {
  text = JSON.stringify(fillProject({ networks: { model: { nodes: [{ id: "x", kind: "Input" }] } } }));
  revision = 0;

  read = async (): Promise<Answer> => ({ revision: this.revision, document: JSON.parse(this.text) as Project });
  analyse = async (): Promise<Answer> => ({ revision: this.revision, analysis: { graphs: {}, findings: [] } });
  look = () => Promise.reject(new Error("Nothing to see."));
  walk = () => Promise.reject(new Error("Nothing to see."));
  save = async (change: Change): Promise<Answer> => {
    expect(change.document).toBeUndefined();
    expect(change.base_revision).toBe(this.revision);
    this.text = JSON.stringify(applyPatch(JSON.parse(this.text), change.patch as Patch));
    this.revision = change.revision;
    return { revision: this.revision, analysis: { graphs: {}, findings: [] } };
  };
}

it("document, history and server never disagree in 10,000 random edits", { timeout: 120_000 }, async () => {
  const random = randomNumbers(20);
  const server = new Copy();
  const editor = new Editor("random", { network: [], training: [] });
  editor.connect(server, () => undefined);
  await editor.exchange.settle();
  let past: string[] = [];
  let future: string[] = [];
  let present = JSON.stringify(editor.project);
  let [applied, refused, undone, redone] = [0, 0, 0, 0];
  for (let number = 0; number < EDITS; number += 1) {
    const choice = random(10);
    if (choice < 2) {
      editor.undo();
      const before = past.at(-1);
      if (before !== undefined) {
        past = past.slice(0, -1);
        future = [present, ...future];
        present = before;
        undone += 1;
      }
    } else if (choice < 4) {
      editor.redo();
      const [next] = future;
      if (next !== undefined) {
        future = future.slice(1);
        past = [...past, present];
        present = next;
        redone += 1;
      }
    } else {
      const isApplied = editor.apply(makeEdits(editor.project, random, number), "random");
      const now = JSON.stringify(editor.project);
      expect(isApplied || now === present).toBe(true);
      if (now !== present) {
        past = [...past, present].slice(-200);
        future = [];
        present = now;
        applied += 1;
      } else refused += 1;
    }
    expect(JSON.stringify(editor.project)).toBe(present);
    expect(editor.view.history.past.length).toBe(past.length);
    if (number % 50 === 0) {
      await editor.exchange.settle();
      expect(JSON.parse(server.text)).toEqual(editor.project);
    }
  }
  await editor.exchange.settle();
  expect(JSON.parse(server.text)).toEqual(editor.project);
  expect(Math.min(applied, refused, undone, redone)).toBeGreaterThan(300);
  editor.close();
});
