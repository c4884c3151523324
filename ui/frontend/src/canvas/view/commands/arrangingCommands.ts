/** Commands that arrange: align, distribute, frames and notes; and those that select what hangs together. */

import { readKey } from "../../core/annotations";
import type { Side } from "../../core/arranging";
import type { Reach } from "../../core/picking";
import type { Editor } from "../../editor";
import * as arrange from "./arranging";
import type { Command } from "./command";

const needsNodes = (editor: Editor) => (editor.view.selection.size > 0 ? undefined : "Select a node first.");
const needsSeveral = (count: number) => (editor: Editor) =>
  editor.view.selection.size >= count ? undefined : `Select at least ${count === 2 ? "two" : "three"} nodes first.`;
const needsAnnotation = (editor: Editor) =>
  editor.view.annotations.size > 0 ? undefined : "Select a frame or a note first.";
const needsFrame = (editor: Editor) =>
  [...editor.view.annotations].some((key) => readKey(key).sort === "frame") ? undefined : "Select a frame first.";

const ALIGNED: readonly (readonly [Side, string])[] = [
  ["left", "left sides"],
  ["right", "right sides"],
  ["top", "upper sides"],
  ["bottom", "lower sides"],
  ["centre", "centres, one above the other"],
  ["middle", "middles, side by side"],
];

const REACHES: readonly (readonly [Reach, string, string])[] = [
  ["upstream", "Select everything upstream", "U"],
  ["downstream", "Select everything downstream", "Shift+U"],
  ["connected", "Select everything connected", "Alt+A"],
  ["others", "Invert the selection", "Ctrl+Shift+A"],
];

const GROW = 40;
const SIDES = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] } as const;
const RESIZED = { Left: "Make narrower", Right: "Make wider", Up: "Make lower", Down: "Make higher" } as const;

export const REACHING: readonly Command[] = REACHES.map(([reach, title, keys]) => ({
  id: `select-${reach}`,
  title,
  group: "Select",
  keys: [keys],
  isOff: reach === "others" ? () => undefined : needsNodes,
  run: ({ editor }) => arrange.selectReach(editor, reach),
}));

export const ALIGNING: readonly Command[] = [
  ...ALIGNED.map(([side, what]): Command => ({
    id: `align-${side}`,
    title: `Align ${what}`,
    group: "Arrange",
    isOff: needsSeveral(2),
    run: ({ editor }) => arrange.align(editor, side),
  })),
  {
    id: "distribute-x",
    title: "Distribute from left to right",
    group: "Arrange",
    isOff: needsSeveral(3),
    run: ({ editor }) => arrange.distribute(editor, "x"),
  },
  {
    id: "distribute-y",
    title: "Distribute from top to bottom",
    group: "Arrange",
    isOff: needsSeveral(3),
    run: ({ editor }) => arrange.distribute(editor, "y"),
  },
  {
    id: "snap",
    title: "Snap to the grid",
    group: "Arrange",
    run: ({ editor }) => arrange.snapToGrid(editor),
  },
];

export const ANNOTATING: readonly Command[] = [
  {
    id: "frame",
    title: "Frame the selection",
    group: "Arrange",
    keys: ["G"],
    isOff: needsNodes,
    run: ({ editor }) => arrange.frameSelection(editor),
  },
  {
    id: "note",
    title: "Add a note",
    group: "Add",
    keys: ["N"],
    run: ({ editor, place }) => arrange.addNote(editor, place().at),
  },
  {
    id: "walk-annotations",
    title: "Select the next frame or note",
    group: "Select",
    keys: ["Shift+G"],
    run: ({ editor }) => arrange.walkAnnotations(editor),
  },
  {
    id: "write",
    title: "Write the frame's title or the note's text",
    group: "Edit",
    isOff: needsAnnotation,
    run: ({ editor }) => editor.update({ writing: [...editor.view.annotations][0] }),
  },
  {
    id: "colour-frame",
    title: "Give the frame the next colour",
    group: "Arrange",
    isOff: needsFrame,
    run: ({ editor }) => arrange.colourFrames(editor),
  },
  ...Object.entries(SIDES).map(([side, [x, y]]): Command => ({
    id: `resize-${side.toLowerCase()}`,
    title: `${RESIZED[side as keyof typeof RESIZED]}: a frame or a note`,
    family: "Make a frame or a note larger or smaller",
    group: "Arrange",
    keys: [`Ctrl+Shift+Arrow${side}`],
    isOff: needsAnnotation,
    run: ({ editor }) => arrange.resizeAnnotations(editor, x * GROW, y * GROW),
  })),
];
