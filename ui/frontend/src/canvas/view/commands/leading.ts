/** Leading links through reroute points. */

import { edgeKey } from "../../core/document";
import { addPoint, edgeOf, straightenEdits } from "../../core/moving";
import { middleOf, placeOnRoute, routeCurves } from "../../core/routing";
import type { Edge, Position } from "../../core/types";
import type { Editor } from "../../editor";
import type { DrawnNode } from "../annotations/paint";
import { endsOf } from "../routes";

/** Add a point to a link where it runs nearest; with no place given in the link's middle. */
export function addReroutePoint(
  editor: Editor,
  edge: Edge,
  at: Position | undefined,
  nodes: readonly DrawnNode[],
): void {
  const ends = endsOf(nodes, edge);
  if (!ends) return;
  const curves = routeCurves(...ends, edge.via);
  const spot = at ?? middleOf(curves);
  const place = placeOnRoute(curves, spot);
  if (editor.apply(addPoint(editor.view.path, edge, place, spot), "add a reroute point"))
    editor.update({ edges: new Set([edgeKey(edge)]), point: { edge: edgeKey(edge), place } });
}

/** Select the next reroute point of the selected link. */
export function walkPoints(editor: Editor): void {
  const { point } = editor.view;
  const edge = (point && edgeOf(editor.graph, point)) ?? editor.selectedEdges()[0];
  if (!edge || edge.via.length === 0) return editor.tell("This link has no reroute points.");
  const place = point?.edge === edgeKey(edge) ? (point.place + 1) % edge.via.length : 0;
  editor.update({ edges: new Set([edgeKey(edge)]), point: { edge: edgeKey(edge), place } });
}

/** Remove the reroute points of the selected links, of the links among the selected nodes, or all. */
export function straighten(editor: Editor): void {
  const { graph, view } = editor;
  const chosen = editor.selectedEdges();
  const edits =
    chosen.length > 0
      ? straightenEdits({ ...graph, edges: chosen }, view.path)
      : straightenEdits(graph, view.path, view.selection.size > 0 ? view.selection : undefined);
  if (!editor.apply(edits, "straighten links")) editor.tell("These links run straight already.");
}
