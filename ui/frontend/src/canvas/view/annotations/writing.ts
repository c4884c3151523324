/** Changing one frame or note: its text, its size, its colour. */

import type { OnResizeEnd } from "@xyflow/react";
import { snap } from "../../core/actions";
import { changeAnnotations, readKey } from "../../core/annotations";
import type { Frame, Note } from "../../core/types";
import type { Editor } from "../../editor";

export function changeOne(editor: Editor, key: string, part: Partial<Frame> & Partial<Note>, label: string): boolean {
  return editor.apply(
    changeAnnotations(editor.graph, editor.view.path, new Set([key]), () => part),
    label,
  );
}

/** End writing, and keep what was written where it is another text. */
export function endWriting(editor: Editor, key: string, text: string): void {
  if (editor.view.writing === key) editor.update({ writing: undefined });
  const { sort, place } = readKey(key);
  const before = sort === "frame" ? editor.graph.frames[place]?.title : editor.graph.notes[place]?.text;
  if (before === undefined || before === text) return;
  changeOne(
    editor,
    key,
    sort === "frame" ? { title: text } : { text },
    sort === "frame" ? "name a frame" : "write a note",
  );
}

export const resizeEnd =
  (editor: Editor, key: string): OnResizeEnd =>
  (_, { x, y, width, height }) => {
    const part = { position: [snap(x), snap(y)], size: [snap(width), snap(height)] } as const;
    changeOne(editor, key, part, `resize a ${readKey(key).sort}`);
  };
