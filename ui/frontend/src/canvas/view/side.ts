/** What stands beside the graph on the right: one of several panels, by what is looked at and how much room there is. */

import type { Editor } from "../editor";
import type { View } from "../state";

export type Side = "run" | "versions" | "step" | "properties";

export function sideOf(view: View): Side | undefined {
  if (view.inspected) return "run";
  if (view.versioning.isOpen) return "versions";
  if (view.stepping) return "step";
  const hasRoom = !view.isNarrow || view.selection.size > 0 || view.isSummoned;
  return view.panels.inspector && hasRoom ? "properties" : undefined;
}

/** Show the properties, which the versions or a narrow window may stand in the way of, or hide them. */
export function toggleProperties(editor: Editor, isAsked = false): void {
  const isShown = isAsked || sideOf(editor.view) !== "properties";
  const { versioning, isNarrow } = editor.view;
  editor.update({ stepping: undefined, versioning: { ...versioning, isOpen: false }, isSummoned: isShown && isNarrow });
  editor.setPanels({ inspector: isShown });
}
