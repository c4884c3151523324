/** Adding into links, taking out of links, and walking along them. */

import { edgeKey, findNode } from "../../core/document";
import { cutEdits, detachEdits } from "../../core/removing";
import type { Edge } from "../../core/types";
import type { Editor } from "../../editor";
import type { Purpose } from "../../state";
import type { Context } from "./command";

/** Open the search box for something else than just adding. */
export function searchFor({ editor, place }: Context, purpose: Purpose): void {
  editor.update({ search: { ...place(), byKey: true, purpose } });
}

export const onlyNode = (editor: Editor) => [...editor.view.selection][0] as string;
export const onlyEdge = (editor: Editor) => editor.selectedEdges()[0] as Edge;

export const needsOneNode = (editor: Editor) =>
  editor.view.selection.size === 1 ? undefined : "Select one node first.";
export const needsOneLink = (editor: Editor) =>
  editor.view.edges.size === 1 && editor.view.selection.size === 0 ? undefined : "Select one link first.";

const name = (ids: ReadonlySet<string>) => (ids.size === 1 ? [...ids][0] : `${ids.size} nodes`);

export function detach(editor: Editor): void {
  const { selection } = editor.view;
  if (!editor.apply(detachEdits(editor.scene, selection), `detach ${name(selection)}`))
    editor.tell("No link holds what is selected.");
}

/** Take links off, as one step. */
export function cutLinks(editor: Editor, edges: readonly Edge[]): void {
  editor.apply(cutEdits(editor.view.path, edges), edges.length === 1 ? "cut a link" : `cut ${edges.length} links`);
}

/** Select a link of the selected node, or the link after the one that is selected. */
export function walkLinks(editor: Editor, direction: 1 | -1): void {
  const { graph, view } = editor;
  const [id] = [...view.selection].slice(-1);
  const current = graph.edges.findIndex((edge) => view.edges.has(edgeKey(edge)));
  const own = [
    graph.edges.findIndex((edge) => edge.source === id),
    graph.edges.findIndex((edge) => edge.target === id),
  ].find((place) => place >= 0);
  if (id !== undefined && own === undefined) return editor.tell(`${id} has no links.`);
  const next = own ?? (current + direction + graph.edges.length) % Math.max(1, graph.edges.length);
  selectLink(editor, graph.edges[current < 0 && own === undefined ? 0 : next]);
}

/** From a link: to the node where it starts or ends, or to another link of these nodes. False where no link is selected. */
export function walkFromLink(editor: Editor, key: string): boolean {
  const { graph, view } = editor;
  const [edge] = editor.selectedEdges();
  if (!edge || view.selection.size > 0) return false;
  if (key === "ArrowRight" || key === "ArrowLeft") {
    editor.reveal([key === "ArrowRight" ? edge.target : edge.source]);
    return true;
  }
  const beside = graph.edges.filter((one) => one.source === edge.source || one.target === edge.target);
  const step = key === "ArrowDown" ? 1 : -1;
  selectLink(editor, beside[(beside.indexOf(edge) + step + beside.length) % beside.length]);
  return true;
}

/** Select a link and bring both its ends into sight. */
function selectLink(editor: Editor, edge: Edge | undefined): void {
  if (!edge) return editor.tell("There are no links here.");
  editor.reveal([edge.source, edge.target].filter((id) => findNode(editor.graph, id)));
  editor.select([], [edgeKey(edge)]);
}
