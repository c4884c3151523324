/** What keys do, wherever the focus is in the editor: the commands' chords, and the clipboard. Fields keep their keys. */

import { useRef } from "react";
import { deleteSelection } from "./commands/actions";
import { copy, paste } from "./commands/clipboard";
import type { Context } from "./commands/command";
import { chordOf, findByChord, runCommand } from "./commands/registry";
import type { Editor } from "../editor";

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

const isOnCanvas = (target: EventTarget) => (target as Element).closest("[data-canvas]") !== null;

const isInOutline = (target: EventTarget) => (target as Element).closest("[data-outline]") !== null;

/** Whether a chord counts where the focus is: letters only on the canvas and in its outline, Tab only on the canvas. */
function counts(chord: string, target: EventTarget): boolean {
  if (chord === "Escape") return true;
  if (isInOutline(target)) return chord !== "Tab";
  return chord.startsWith("Ctrl+") || chord.includes("Arrow") || isOnCanvas(target);
}

export function useKeyboard(context: Context, point: (at: readonly [number, number]) => void) {
  const { editor } = context;
  return {
    onPointerMove: (event: React.PointerEvent) => point([event.clientX, event.clientY]),
    onPointerDown: (event: React.PointerEvent) => {
      if (!isTyping(event.target) && isOnCanvas(event.target)) context.focus("[data-canvas]");
    },
    onKeyDown: (event: React.KeyboardEvent) => {
      const chord = chordOf(event);
      const command = findByChord(chord);
      if (isTyping(event.target)) {
        if (event.key === "Escape") context.focus("[data-canvas]");
        if (!command?.inFields) return event.stopPropagation();
      } else if (!command || command.isNative || !counts(chord, event.target)) return;
      event.preventDefault();
      event.stopPropagation();
      runCommand(command, context);
    },
    ...useClipboard(editor, context),
  };
}

function useClipboard(editor: Editor, context: Context) {
  /** Whether Shift was held with Ctrl+V, which the paste event itself does not tell. */
  const isShifted = useRef(false);
  const put = (event: React.ClipboardEvent): boolean => {
    if (isTyping(event.target) || editor.view.selection.size === 0) return false;
    event.clipboardData.setData("text/plain", copy(editor));
    event.preventDefault();
    return true;
  };
  return {
    onKeyDownCapture: (event: React.KeyboardEvent) => {
      isShifted.current = chordOf(event) === "Ctrl+Shift+V";
    },
    onCopy: (event: React.ClipboardEvent) => void put(event),
    onCut: (event: React.ClipboardEvent) => {
      if (put(event)) deleteSelection(editor);
    },
    onPaste: (event: React.ClipboardEvent) => {
      if (isTyping(event.target)) return;
      event.preventDefault();
      paste(editor, event.clipboardData.getData("text/plain"), context.place().at, isShifted.current);
    },
  };
}
