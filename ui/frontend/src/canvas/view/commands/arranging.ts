/** Aligning and distributing what is selected; selecting what hangs together; frames and notes. */

import { changeAnnotations, frameEdits, keyOf, noteEdits, readKey, resizeBy, COLOURS } from "../../core/annotations";
import { type Side, alignEdits, distributeEdits, snapEdits } from "../../core/arranging";
import { showsCost } from "../../core/cost";
import { edgeKey } from "../../core/document";
import { nodeSize } from "../../core/measure";
import { annotationKeys, type Reach, reachFrom } from "../../core/picking";
import { scenePorts } from "../../core/ports";
import type { Box } from "../../core/routing";
import type { Edit, Position } from "../../core/types";
import type { Editor } from "../../editor";

/** Where the selected nodes stand and how large they are. */
function boxesOf(editor: Editor): Map<string, Box> {
  const { scene, graph, view } = editor;
  const facts = scene.analysis?.graphs[view.path];
  const chosen = graph.nodes.filter((node) => view.selection.has(node.id));
  return new Map(
    chosen.map((node) => {
      const size = nodeSize(scenePorts(scene, node), showsCost(scene.path, node.kind, facts?.nodes[node.id]));
      return [node.id, { x: node.position[0], y: node.position[1], ...size }];
    }),
  );
}

const IN_PLACE = "They stand like that already.";

function applyOr(editor: Editor, edits: readonly Edit[], label: string, otherwise: string): void {
  if (!editor.apply(edits, label)) editor.tell(otherwise);
}

export function align(editor: Editor, side: Side): void {
  const edits = alignEdits(editor.graph, editor.view.path, boxesOf(editor), side);
  applyOr(editor, edits, `align ${editor.view.selection.size} nodes`, IN_PLACE);
}

export function distribute(editor: Editor, along: "x" | "y"): void {
  const edits = distributeEdits(editor.graph, editor.view.path, boxesOf(editor), along);
  applyOr(editor, edits, `distribute ${editor.view.selection.size} nodes`, IN_PLACE);
}

/** Put the selected nodes, or all, on the grid. */
export function snapToGrid(editor: Editor): void {
  const { selection, path } = editor.view;
  const ids = selection.size > 0 ? selection : new Set(editor.graph.nodes.map((node) => node.id));
  applyOr(editor, snapEdits(editor.graph, path, ids), "snap to the grid", "All of it is on the grid already.");
}

/** Select other nodes by how they hang together with the selected ones, and the links among them. */
export function selectReach(editor: Editor, reach: Reach): void {
  const ids = new Set(reachFrom(editor.graph, editor.view.selection, reach));
  const edges = editor.graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  editor.select(ids, reach === "others" ? [] : edges.map(edgeKey));
  if (ids.size === 0) editor.tell("There are no other nodes.");
}

export function frameSelection(editor: Editor): void {
  const { edits, key } = frameEdits(editor.graph, editor.view.path, [...boxesOf(editor).values()]);
  if (!editor.apply(edits, "frame the selection")) return;
  editor.select([], [], [key]);
  editor.update({ writing: key });
}

export function addNote(editor: Editor, at: Position): void {
  const { edits, key } = noteEdits(editor.graph, editor.view.path, at);
  if (!editor.apply(edits, "add a note")) return;
  editor.select([], [], [key]);
  editor.update({ writing: key });
}

/** Select the next frame or note. */
export function walkAnnotations(editor: Editor): void {
  const keys = annotationKeys(editor.graph);
  const [current] = editor.view.annotations;
  const next = keys[(keys.indexOf(current ?? "") + 1) % Math.max(1, keys.length)];
  if (next) editor.select([], [], [next]);
  else editor.tell("There are no frames or notes here.");
}

export function resizeAnnotations(editor: Editor, dx: number, dy: number): void {
  const { annotations, path } = editor.view;
  editor.apply(
    changeAnnotations(editor.graph, path, annotations, resizeBy(dx, dy)),
    "resize",
    `resize ${[...annotations].join()}`,
  );
}

/** Give the selected frames the next colour. */
export function colourFrames(editor: Editor): void {
  const keys = [...editor.view.annotations].filter((key) => readKey(key).sort === "frame");
  const first = editor.graph.frames[readKey(keys[0] ?? keyOf("frame", 0)).place]?.colour ?? "grey";
  const colour = COLOURS[(COLOURS.indexOf(first) + 1) % COLOURS.length] ?? "grey";
  editor.apply(
    changeAnnotations(editor.graph, editor.view.path, new Set(keys), () => ({ colour })),
    "colour a frame",
  );
}
