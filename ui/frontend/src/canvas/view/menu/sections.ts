/** Which commands stand in the menu of what: ids of the registry, in sections. */

import type { Editor } from "../../editor";
import { openable } from "../blocks/actions";

type Sections = readonly (readonly string[])[];

const NODE: Sections = [
  ["edit-properties", "replace", "insert-before", "insert-after", "connect"],
  ["copy", "cut", "duplicate", "duplicate-linked"],
  ["bypass", "detach", "delete", "delete-cut"],
  ["select-upstream", "select-downstream", "select-connected", "frame"],
];

const BLOCK: Sections = [["open-block", "unpack", "keep-block"], ...NODE];

const SEVERAL: Sections = [
  ["copy", "cut", "duplicate", "duplicate-linked", "replace"],
  ["layout", "align-left", "align-right", "align-top", "align-bottom", "align-centre", "align-middle"],
  ["distribute-x", "distribute-y", "snap"],
  ["frame", "collapse", "bypass", "detach", "delete", "delete-cut"],
  ["select-upstream", "select-downstream", "select-connected", "select-others"],
];

const LINK: Sections = [["insert-into", "move-link"], ["via-add", "via-clear"], ["delete"]];

const ANNOTATION: Sections = [
  ["write", "colour-frame"],
  ["resize-right", "resize-left", "resize-down", "resize-up"],
  ["delete"],
];

const CANVAS: Sections = [
  ["add", "note"],
  ["paste", "paste-linked", "select-all"],
  ["layout", "snap", "via-clear"],
  ["fit", "find", "commands", "keys"],
];

const INSIDE: Sections = [["leave-block", "keep-block"], ...CANVAS];

export function listMenu(editor: Editor): Sections {
  const { view } = editor;
  if (view.selection.size > 1) return SEVERAL;
  if (view.selection.size === 1) return openable(editor) ? BLOCK : NODE;
  if (view.annotations.size > 0) return ANNOTATION;
  if (view.edges.size > 0) return LINK;
  return editor.trail.length > 0 ? INSIDE : CANVAS;
}

export const ALL_SECTIONS: readonly Sections[] = [NODE, BLOCK, SEVERAL, LINK, ANNOTATION, CANVAS, INSIDE];
