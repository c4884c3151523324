/** Asking for the menu: what lies under the pointer is picked, so that the menu's commands mean it. */

import { isAnnotation } from "../../core/annotations";
import type { Editor } from "../../editor";
import { idUnder } from "../linking";

export function openMenuAt(editor: Editor, event: React.MouseEvent): void {
  const node = idUnder(event, ".react-flow__node");
  const edge = idUnder(event, ".react-flow__edge");
  const { selection, edges, annotations } = editor.view;
  if (node !== undefined && isAnnotation(node)) {
    if (!annotations.has(node)) editor.select([], [], [node]);
  } else if (node !== undefined) {
    if (!selection.has(node)) editor.select([node]);
  } else if (edge === undefined) editor.select([]);
  else if (!edges.has(edge)) editor.select([], [edge]);
  editor.update({ dialog: "menu", menuAt: [event.clientX, event.clientY] });
}
