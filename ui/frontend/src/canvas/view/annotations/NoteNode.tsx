/** A text in Markdown that sticks to the canvas; a double-click opens it for writing. */

import { type NodeProps, NodeResizer } from "@xyflow/react";
import { memo, useState } from "react";
import { useHeldStyle } from "../held";
import { useEditor, usePart } from "../use";
import { takeFocus } from "./FrameNode";
import { Markdown } from "./Markdown";
import type { NoteNode as Drawn } from "./paint";
import { endWriting, resizeEnd } from "./writing";

export const NoteNode = memo(function NoteNode({ id, data, selected }: NodeProps<Drawn>) {
  const editor = useEditor();
  const isWriting = usePart((view) => view.writing === id);
  return (
    <div
      className={`note ${selected ? "is-selected" : ""}`}
      style={useHeldStyle(id)}
      data-annotation={id}
      onDoubleClick={(event) => {
        event.stopPropagation();
        editor.update({ writing: id });
      }}
    >
      <NodeResizer
        isVisible={selected ?? false}
        minWidth={96}
        minHeight={56}
        onResizeEnd={resizeEnd(editor, id)}
        handleClassName="resize-handle"
        lineClassName="resize-line"
      />
      {isWriting ? (
        <TextField text={data.note.text} end={(text) => endWriting(editor, id, text)} />
      ) : (
        <div className="note-text nowheel">
          {data.note.text.trim() ? <Markdown text={data.note.text} /> : <p className="empty">Double-click to write.</p>}
        </div>
      )}
    </div>
  );
});

function TextField({ text: before, end }: { text: string; end: (text: string) => void }) {
  const [text, setText] = useState(before);
  return (
    <textarea
      ref={takeFocus}
      className="nodrag nowheel"
      aria-label="Text of the note, in Markdown"
      placeholder="# Title, **bold**, *italic*, `code`, - list, [text](https://…)"
      maxLength={20000}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(text)}
    />
  );
}
