/** Commands for blocks. */

import type { Editor } from "../../editor";
import type { Command } from "../commands/command";
import * as act from "./actions";

const needsNodes = (editor: Editor) => (editor.view.selection.size > 0 ? undefined : "Select nodes first.");

export const BLOCKS: readonly Command[] = [
  {
    id: "collapse",
    title: "Make a block of the selection",
    group: "Blocks",
    keys: ["Ctrl+G"],
    isOff: needsNodes,
    run: ({ editor }) => act.collapseSelection(editor),
  },
  {
    id: "unpack",
    title: "Unpack the block",
    group: "Blocks",
    keys: ["Ctrl+Shift+G"],
    isOff: needsNodes,
    run: ({ editor }) => act.unpackSelection(editor),
  },
  {
    id: "open-block",
    title: "Open the block",
    group: "Blocks",
    keys: ["Ctrl+ArrowDown"],
    changes: false,
    isOff: (editor) => (act.openable(editor) ? undefined : "Select a block first."),
    run: ({ editor }) => act.openBlock(editor, act.openable(editor) ?? ""),
  },
  {
    id: "leave-block",
    title: "Leave the block",
    group: "Blocks",
    keys: ["Ctrl+ArrowUp"],
    changes: false,
    isOff: (editor) => (editor.trail.length > 0 ? undefined : "This graph is not inside a block."),
    run: ({ editor }) => void act.leaveBlock(editor),
  },
  {
    id: "keep-block",
    title: "Keep this block in my library",
    group: "Blocks",
    changes: false,
    isOff: (editor) => (act.meantBlock(editor) ? undefined : "Select a block, or open one."),
    run: ({ editor }) => void act.keepInLibrary(editor),
  },
];

/** One command for each of a person's own blocks. */
export function listLibraryCommands(editor: Editor): Command[] {
  const own = editor.view.library?.blocks.filter((block) => block.origin === "own") ?? [];
  return own.map((block) => ({
    id: `forget ${block.name}`,
    title: `Remove ${block.title || block.name} from my library`,
    group: "Blocks",
    changes: false,
    run: () => void act.removeFromLibrary(editor, block.name),
  }));
}
