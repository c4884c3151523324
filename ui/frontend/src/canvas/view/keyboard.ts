/** What keys do, wherever the focus is in the editor. Fields keep their keys, undo and redo excepted. */

import { useReactFlow } from "@xyflow/react";
import { useRef } from "react";
import {
  copy,
  deleteSelection,
  duplicate,
  layOutGraph,
  linkByKey,
  nudge,
  paste,
  selectAll,
  toggleBypass,
  walk,
} from "./commands";
import { useFit } from "./fit";
import { useEditor } from "./use";

const STEP = 8;
const FAR = 40;
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
}

export function useKeyboard(frame: React.RefObject<HTMLDivElement | null>, find: () => void) {
  const editor = useEditor();
  const flow = useReactFlow();
  const fit = useFit();
  const pointer = useRef<readonly [number, number]>([0, 0]);
  const place = (): readonly [number, number] => {
    const box = frame.current?.querySelector("[data-canvas]")?.getBoundingClientRect();
    const [x, y] = pointer.current;
    const isInside = box && x > box.left && x < box.right && y > box.top && y < box.bottom;
    return isInside || !box ? [x, y] : [box.left + box.width / 2, box.top + box.height / 3];
  };
  const inFlow = ([x, y]: readonly [number, number]): readonly [number, number] => {
    const at = flow.screenToFlowPosition({ x, y });
    return [at.x, at.y];
  };
  const withControl: Record<string, (shift: boolean) => void> = {
    z: (shift) => (shift ? editor.redo() : editor.undo()),
    y: () => editor.redo(),
    a: () => selectAll(editor),
    d: () => duplicate(editor),
    b: () => toggleBypass(editor),
    f: find,
  };
  const alone: Record<string, () => void> = {
    Delete: () => deleteSelection(editor),
    Backspace: () => deleteSelection(editor),
    Escape: () => editor.update({ selection: new Set(), edges: new Set(), linking: undefined, notice: undefined }),
    Tab: () => editor.update({ search: { screen: place(), at: inFlow(place()), byKey: true } }),
    Enter: () => frame.current?.querySelector<HTMLElement>(".inspector .form input, .inspector .form select")?.focus(),
    c: () => linkByKey(editor),
    l: () => layOutGraph(editor),
    f: () => fit(),
  };
  const act = (event: React.KeyboardEvent): boolean => {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey) {
      const command = withControl[event.key.toLowerCase()];
      command?.(event.shiftKey);
      return command !== undefined;
    }
    if (arrow && event.altKey) walk(editor, event.key);
    else if (arrow && editor.view.selection.size > 0)
      nudge(editor, arrow[0] * (event.shiftKey ? FAR : STEP), arrow[1] * (event.shiftKey ? FAR : STEP));
    else {
      const onCanvas = (event.target as Element).closest("[data-canvas]") !== null;
      const command = onCanvas && !(event.key === "Tab" && event.shiftKey) ? alone[event.key] : undefined;
      command?.();
      return command !== undefined;
    }
    return true;
  };
  return {
    onPointerMove: (event: React.PointerEvent) => {
      pointer.current = [event.clientX, event.clientY];
    },
    onPointerDown: (event: React.PointerEvent) => {
      if (!isTyping(event.target) && (event.target as Element).closest("[data-canvas]"))
        frame.current?.querySelector<HTMLElement>("[data-canvas]")?.focus({ preventScroll: true });
    },
    onKeyDown: (event: React.KeyboardEvent) => {
      const isHistory = (event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase());
      if (isTyping(event.target)) {
        if (event.key === "Escape") frame.current?.querySelector<HTMLElement>("[data-canvas]")?.focus();
        if (!isHistory) return event.stopPropagation();
      }
      if (!act(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    onCopy: (event: React.ClipboardEvent) => {
      if (isTyping(event.target) || editor.view.selection.size === 0) return;
      event.clipboardData.setData("text/plain", copy(editor));
      event.preventDefault();
    },
    onCut: (event: React.ClipboardEvent) => {
      if (isTyping(event.target) || editor.view.selection.size === 0) return;
      event.clipboardData.setData("text/plain", copy(editor));
      event.preventDefault();
      deleteSelection(editor);
    },
    onPaste: (event: React.ClipboardEvent) => {
      if (isTyping(event.target)) return;
      event.preventDefault();
      paste(editor, event.clipboardData.getData("text/plain"), inFlow(place()));
    },
  };
}
