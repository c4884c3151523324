/** Making blocks, opening and leaving them, unpacking them, and keeping them in the library. */

import { collapseEdits } from "../../core/blocks/collapse";
import { suggestBlockName } from "../../core/blocks/naming";
import { type Library, packBlock } from "../../core/blocks/offers";
import { networkAt } from "../../core/blocks/repetitions";
import { unpackEdits } from "../../core/blocks/unpack";
import { findNode, graphAt } from "../../core/document";
import { namedNetwork } from "../../core/renaming";
import { NETWORKS, type Step, TRAINING } from "../../core/types";
import type { Editor } from "../../editor";

/** The one node that is selected, if it is one that opens. */
export function openable(editor: Editor): string | undefined {
  const [id] = editor.view.selection;
  return editor.view.selection.size === 1 && id !== undefined && networkOf(editor, id) ? id : undefined;
}

/** The network that a block or a call uses. */
export function networkOf(editor: Editor, id: string, turn = 0): string | undefined {
  const node = findNode(editor.graph, id);
  const name =
    node?.kind === "Block" ? networkAt(node, turn) : node?.kind === "Network" ? namedNetwork(node) : undefined;
  return typeof name === "string" && editor.drawn.networks[name] ? name : undefined;
}

/** Go into a block, or from the training graph to the network that is called. */
export function openBlock(editor: Editor, id: string, turn = 0): void {
  const name = networkOf(editor, id, turn);
  const { path } = editor.view;
  if (!name || NETWORKS + name === path) return;
  const isBlock = findNode(editor.graph, id)?.kind === "Block";
  editor.openGraph(NETWORKS + name, isBlock && path !== TRAINING ? [...editor.trail, [path, id, turn]] : []);
  editor.update({ notice: undefined });
  editor.takeFocus();
}

/** Go back to where one came from, with the block that was left selected. Says whether there was a way back. */
export function leaveBlock(editor: Editor): boolean {
  const { trail } = editor;
  const last = trail.at(-1);
  if (!last) return false;
  editor.openGraph(last[0], trail.slice(0, -1));
  editor.select([last[1]]);
  editor.show([last[1]], "calm");
  return true;
}

/** Go up to a step of the way: 0 is the network that it began in. */
export function goUpTo(editor: Editor, place: number): void {
  const { trail } = editor;
  const step = trail[place];
  if (step) editor.openGraph(step[0], trail.slice(0, place));
  editor.takeFocus();
}

/** Show the open block as another of its uses sees it. */
export function chooseUse(editor: Editor, trail: readonly Step[]): void {
  editor.update({ trail });
}

/** Making a block and calling it something is one step, however long it takes. */
const naming = (block: string) => `make the block ${block}`;

export function collapseSelection(editor: Editor): void {
  const { graph, scene, view } = editor;
  const learns = (id: string) => scene.analysis?.graphs[view.path]?.nodes[id]?.parameters ?? 0;
  const name = suggestBlockName(graph, view.selection, learns);
  const made = collapseEdits(editor.project, scene, view.selection, name);
  if ("refusal" in made) return editor.tell(made.refusal);
  const label = `make a block of ${view.selection.size} nodes`;
  if (!editor.apply(made.edits, label, naming(made.node))) return;
  editor.select([made.node]);
  editor.update({ dialog: "name-block" });
}

/** Give a block that was just made, and its network, another name than the one that was suggested. */
export function nameBlock(editor: Editor, block: string, name: string): void {
  const edits = [
    { op: "rename_graph", name: block, to: name },
    { op: "rename_node", graph: editor.view.path, id: block, to: name },
  ];
  const isNamed = name !== block && editor.apply(edits, `make the block ${name}`, naming(block), Infinity);
  if (isNamed) editor.select([name]);
  editor.tell(`The nodes are inside ${name} now. A double-click opens it, Ctrl+Shift+G unpacks it.`);
}

export function unpackSelection(editor: Editor): void {
  const [id] = editor.view.selection;
  const made = unpackEdits(editor.project, editor.scene, editor.view.selection.size === 1 ? (id ?? "") : "");
  if ("refusal" in made) return editor.tell(made.refusal);
  if (!editor.apply(made.edits, `unpack ${id}`)) return;
  editor.select(made.nodes);
  if (made.hint) editor.tell(made.hint);
}

/** The network that "this block" means: that of the selected block, else the open one. */
export function meantBlock(editor: Editor): string | undefined {
  const id = openable(editor);
  if (id) return networkOf(editor, id);
  const { path } = editor.view;
  return path !== TRAINING && graphAt(editor.project, path) ? path.slice(NETWORKS.length) : undefined;
}

export async function loadLibrary(editor: Editor): Promise<void> {
  const answer = await fetch("/api/blocks").catch(() => undefined);
  if (!answer?.ok) return;
  const library = (await answer.json()) as Library;
  editor.update({ library });
  const [damaged] = library.damaged;
  if (damaged) editor.tell(damaged);
}

export async function keepInLibrary(editor: Editor): Promise<void> {
  const name = meantBlock(editor);
  if (!name) return;
  const body = JSON.stringify(packBlock(editor.project, name));
  const answer = await ask(editor, "/api/blocks", { method: "POST", body });
  if (!answer) return;
  await loadLibrary(editor);
  const before = (answer as { replaced?: boolean }).replaced
    ? " The one kept before under this name lies in the trash."
    : "";
  editor.tell(`${name} is in your library now, for every project.${before}`);
}

export async function removeFromLibrary(editor: Editor, name: string): Promise<void> {
  if (!(await ask(editor, `/api/blocks/${encodeURIComponent(name)}`, { method: "DELETE" }))) return;
  await loadLibrary(editor);
  editor.tell(`${name} is no longer in your library. It lies in the trash; projects that use it keep theirs.`);
}

async function ask(editor: Editor, address: string, options: RequestInit): Promise<unknown> {
  const answer = await fetch(address, options).catch(() => undefined);
  if (answer?.ok) return answer.json();
  const { error } = ((await answer?.json().catch(() => undefined)) ?? {}) as { error?: string };
  editor.tell(error ?? "The server gave no answer, so the library stays as it is. Try again.");
  return undefined;
}
