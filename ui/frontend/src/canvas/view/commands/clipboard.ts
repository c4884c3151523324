/** The clipboard: what was selected as text, and back. */

import { copyText, pasteEdits, readClip } from "../../core/clipboard";
import type { Position } from "../../core/types";
import type { Editor } from "../../editor";
import { deleteSelection } from "./actions";
import type { Command } from "./command";

export function copy(editor: Editor): string {
  return copyText(editor.graph, editor.view.path, editor.view.selection, editor.view.annotations);
}

export function paste(editor: Editor, text: string, at?: Position, keepsIncoming = false): void {
  const { graph, view } = editor;
  try {
    const clip = readClip(text, view.path);
    const { edits, ids } = pasteEdits(graph, view.path, clip, { at, keepsIncoming });
    if (editor.apply(edits, `paste ${ids.length === 1 ? ids[0] : `${ids.length} nodes`}`)) editor.select(ids);
  } catch (error) {
    editor.tell((error as Error).message);
  }
}

export function duplicate(editor: Editor, keepsIncoming = false): void {
  if (editor.view.selection.size > 0) paste(editor, copy(editor), undefined, keepsIncoming);
}

/** Copy from a menu, where no key gave leave to use the clipboard: the browser may refuse. */
async function writeClipboard(editor: Editor): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(copy(editor));
    return true;
  } catch {
    editor.tell("The browser does not let a menu use the clipboard here. Press Ctrl+C.");
    return false;
  }
}

async function pasteClipboard(editor: Editor, at: Position, keepsIncoming: boolean): Promise<void> {
  const text = await navigator.clipboard?.readText().catch(() => undefined);
  if (text === undefined) editor.tell("The browser does not let a menu read the clipboard here. Press Ctrl+V.");
  else paste(editor, text, at, keepsIncoming);
}

const needsNodes = (editor: Editor) => (editor.view.selection.size > 0 ? undefined : "Select a node first.");

export const CLIPBOARD: readonly Command[] = [
  {
    id: "copy",
    title: "Copy",
    group: "Edit",
    keys: ["Ctrl+C"],
    changes: false,
    isNative: true,
    isOff: needsNodes,
    run: ({ editor }) => void writeClipboard(editor),
  },
  {
    id: "cut",
    title: "Cut",
    group: "Edit",
    keys: ["Ctrl+X"],
    isNative: true,
    isOff: needsNodes,
    run: ({ editor }) => void writeClipboard(editor).then((isCopied) => isCopied && deleteSelection(editor)),
  },
  {
    id: "paste",
    title: "Paste",
    group: "Edit",
    keys: ["Ctrl+V"],
    isNative: true,
    run: ({ editor, place }) => void pasteClipboard(editor, place().at, false),
  },
  {
    id: "paste-linked",
    title: "Paste with the links that came in",
    group: "Edit",
    keys: ["Ctrl+Shift+V"],
    isNative: true,
    run: ({ editor, place }) => void pasteClipboard(editor, place().at, true),
  },
  {
    id: "duplicate-linked",
    title: "Duplicate with the links that come in",
    group: "Edit",
    keys: ["Ctrl+Shift+D"],
    isOff: needsNodes,
    run: ({ editor }) => duplicate(editor, true),
  },
];
