/** Commands that add into links, take out of links and lead links. */

import { countPicked } from "../../core/picking";
import type { Editor } from "../../editor";
import { deleteSelection } from "./actions";
import { addReroutePoint, straighten, walkPoints } from "./leading";
import type { Command } from "./command";
import * as wire from "./wiring";

const needsPoints = (editor: Editor) =>
  editor.graph.edges.some((edge) => edge.via.length > 0) ? undefined : "No link here has reroute points.";
const needsNodes = (editor: Editor) => (editor.view.selection.size > 0 ? undefined : "Select a node first.");
const needsAnything = (editor: Editor) => (countPicked(editor.view) > 0 ? undefined : "Select a node or a link first.");

export const INSERTING: readonly Command[] = [
  {
    id: "insert-before",
    title: "Insert before…",
    group: "Add",
    keys: ["Shift+I"],
    isOff: wire.needsOneNode,
    run: (context) => wire.searchFor(context, { does: "before", id: wire.onlyNode(context.editor) }),
  },
  {
    id: "insert-after",
    title: "Insert after…",
    group: "Add",
    keys: ["I"],
    isOff: wire.needsOneNode,
    run: (context) => wire.searchFor(context, { does: "after", id: wire.onlyNode(context.editor) }),
  },
  {
    id: "insert-into",
    title: "Insert into the link…",
    group: "Add",
    isOff: wire.needsOneLink,
    run: (context) => wire.searchFor(context, { does: "splice", edge: wire.onlyEdge(context.editor) }),
  },
  {
    id: "replace",
    title: "Replace by…",
    group: "Edit",
    keys: ["X"],
    isOff: needsNodes,
    run: (context) => wire.searchFor(context, { does: "replace", ids: context.editor.view.selection }),
  },
];

export const TAKING_OUT: readonly Command[] = [
  {
    id: "delete-cut",
    title: "Delete with its links, no healing",
    group: "Edit",
    keys: ["Shift+Delete", "Shift+Backspace"],
    isOff: needsAnything,
    run: ({ editor }) => deleteSelection(editor, false),
  },
  {
    id: "detach",
    title: "Detach from its links, and heal them",
    group: "Edit",
    keys: ["D"],
    isOff: needsNodes,
    run: ({ editor }) => wire.detach(editor),
  },
];

export const WALKING: readonly Command[] = [
  {
    id: "walk-links",
    title: "Select the next link",
    group: "Select",
    keys: ["E"],
    run: ({ editor }) => wire.walkLinks(editor, 1),
  },
  {
    id: "walk-links-back",
    title: "Select the previous link",
    group: "Select",
    keys: ["Shift+E"],
    run: ({ editor }) => wire.walkLinks(editor, -1),
  },
];

export const LEADING: readonly Command[] = [
  {
    id: "connect",
    title: "Connect…",
    group: "Add",
    keys: ["Shift+C"],
    isOff: wire.needsOneNode,
    run: ({ editor }) => editor.update({ dialog: "connect" }),
  },
  {
    id: "move-link",
    title: "Move an end of the link…",
    group: "Edit",
    keys: ["M"],
    isOff: wire.needsOneLink,
    run: ({ editor }) => editor.update({ dialog: "connect" }),
  },
  {
    id: "via-add",
    title: "Lead the link through a point",
    group: "Arrange",
    keys: ["W"],
    isOff: wire.needsOneLink,
    run: ({ editor, drawn }) => addReroutePoint(editor, wire.onlyEdge(editor), undefined, drawn()),
  },
  {
    id: "via-walk",
    title: "Select the next reroute point of the link",
    group: "Select",
    keys: ["Shift+W"],
    isOff: wire.needsOneLink,
    run: ({ editor }) => walkPoints(editor),
  },
  {
    id: "via-clear",
    title: "Straighten: remove reroute points",
    group: "Arrange",
    isOff: needsPoints,
    run: ({ editor }) => straighten(editor),
  },
];
