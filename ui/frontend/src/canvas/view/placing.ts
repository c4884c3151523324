/** What becomes of a kind that was chosen in the search box: added, linked, inserted, or put in the place of others. */

import { addAfter, addAt, addLinked, insertAfter, insertBefore, splice } from "../core/adding";
import { nameOfKind } from "../core/blocks/offers";
import { NODE_WIDTH } from "../core/actions";
import { findNode } from "../core/document";
import { dtypeClass, outputFacts } from "../core/ports";
import { replaceEdits } from "../core/replacing";
import type { Edit, Kind, Position } from "../core/types";
import type { Editor } from "../editor";
import type { Purpose, Search } from "../state";

interface Placed {
  readonly edits: Edit[];
  readonly ids: readonly string[];
  readonly label: string;
}

/** Do with a kind what the search was opened for. */
export function placeKind(editor: Editor, kind: Kind, search: Search): void {
  const { edits, ids, label } = search.purpose ? serve(editor, kind, search.purpose) : addFound(editor, kind, search);
  if (!editor.apply(edits, label)) return;
  editor.useKind(kind.kind);
  editor.present(ids);
}

function serve(editor: Editor, kind: Kind, purpose: Purpose): Placed {
  const { scene } = editor;
  if (purpose.does === "replace") {
    const [first] = purpose.ids;
    const what = purpose.ids.size === 1 ? first : `${purpose.ids.size} nodes`;
    return { ...replaceEdits(scene, purpose.ids, kind), label: `replace ${what} by ${nameOfKind(kind)}` };
  }
  const added =
    purpose.does === "splice"
      ? splice(scene, kind, purpose.edge, middleOfLink(editor, purpose.edge))
      : (purpose.does === "before" ? insertBefore : insertAfter)(scene, kind, purpose.id);
  return { edits: added.edits, ids: [added.id], label: `insert ${nameOfKind(kind)}` };
}

function middleOfLink(editor: Editor, edge: { source: string; target: string }): Position {
  const ends = [edge.source, edge.target].map((id) => findNode(editor.graph, id)?.position ?? [0, 0]);
  const [[x1, y1], [x2, y2]] = ends as [Position, Position];
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}

function addFound(editor: Editor, kind: Kind, search: Search): Placed {
  const [chosen] = [...editor.view.selection];
  const at: Position = [search.at[0], search.at[1] - 22];
  const added = search.loose
    ? addLinked(editor.scene, kind, search.loose.isSource ? at : [at[0] - NODE_WIDTH, at[1]], search.loose)
    : search.byKey && chosen
      ? addAfter(editor.scene, kind, chosen)
      : addAt(editor.scene, kind, at);
  return { edits: added.edits, ids: [added.id], label: `add ${nameOfKind(kind)}` };
}

/** Whether a kind can serve what the search was opened for. */
export function isFit(editor: Editor, kind: Kind, { loose, purpose }: Search): boolean {
  if (loose) return fitsEnd(editor, kind, loose);
  if (kind.offer && purpose?.does === "replace") return false;
  if (!purpose || kind.dynamic_ports) return true;
  const [takes, gives] = [kind.inputs.length > 0, kind.outputs.length > 0];
  if (purpose.does === "replace") return [...purpose.ids].some((id) => findNode(editor.graph, id)?.kind !== kind.kind);
  if (purpose.does === "before") return gives;
  return purpose.does === "after" ? takes : takes && gives;
}

/** Whether a kind has a port for the end of a link. */
function fitsEnd(editor: Editor, kind: Kind, loose: NonNullable<Search["loose"]>): boolean {
  if (!loose.isSource) return kind.outputs.length > 0 || kind.dynamic_ports;
  const output = outputFacts(editor.shown?.graphs[editor.view.path], loose.node, loose.port);
  const dtype = dtypeClass(output?.dtype);
  return kind.inputs.some(
    (port) =>
      (dtype === "any" || port.dtype === "any" || port.dtype === dtype || port.dtype === "number") &&
      (!output?.shape || port.ranks.length === 0 || port.ranks.includes(output.shape.length)),
  );
}

/** What the search box is called, and what its field says. */
export function titleOf({ loose, purpose }: Search): { title: string; hint: string } {
  switch (purpose?.does) {
    case "replace":
      return { title: "Replace by", hint: "Replace by" };
    case "before":
      return { title: "Insert before", hint: `Insert before ${purpose.id}` };
    case "after":
      return { title: "Insert after", hint: `Insert after ${purpose.id}` };
    case "splice":
      return { title: "Insert into the link", hint: "Insert into the link" };
    default:
      return { title: "Add a node", hint: loose ? "Search what fits" : "Search layers" };
  }
}
