/** A titled rectangle behind nodes: dragged by its title, with everything that lies in it. */

import { type NodeProps, NodeResizer } from "@xyflow/react";
import { memo, useState } from "react";
import { COLOURS } from "../../core/annotations";
import { useHeldStyle } from "../held";
import { useEditor, usePart } from "../use";
import type { FrameNode as Drawn } from "./paint";
import { changeOne, endWriting, resizeEnd } from "./writing";

export const FrameNode = memo(function FrameNode({ id, data, selected }: NodeProps<Drawn>) {
  const editor = useEditor();
  const { frame } = data;
  const isWriting = usePart((view) => view.writing === id);
  const pick = (event: React.MouseEvent) => {
    const { selection, edges, annotations } = editor.view;
    const others = new Set(annotations);
    const was = others.delete(id);
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) editor.select([], [], [id]);
    else editor.select(selection, edges, was ? others : [...others, id]);
  };
  return (
    <div
      className={`group-frame is-${frame.colour} ${selected ? "is-selected" : ""}`}
      style={useHeldStyle(id)}
      data-annotation={id}
    >
      <NodeResizer
        isVisible={selected ?? false}
        minWidth={96}
        minHeight={56}
        onResizeEnd={resizeEnd(editor, id)}
        handleClassName="resize-handle"
        lineClassName="resize-line"
      />
      <div
        className="frame-title"
        onClick={pick}
        onKeyDown={() => undefined}
        onDoubleClick={(event) => {
          event.stopPropagation();
          editor.update({ writing: id });
        }}
      >
        {isWriting ? (
          <TitleField title={frame.title} end={(text) => endWriting(editor, id, text)} />
        ) : (
          <span className="frame-name">{frame.title || "Frame"}</span>
        )}
        {selected && !isWriting ? (
          <span className="frame-colours" role="group" aria-label="Colour of the frame">
            {COLOURS.map((colour) => (
              <button
                key={colour}
                type="button"
                className={`swatch is-${colour} nodrag`}
                title={colour}
                aria-label={colour}
                aria-pressed={frame.colour === colour}
                onClick={(event) => {
                  event.stopPropagation();
                  changeOne(editor, id, { colour }, "colour a frame");
                }}
              />
            ))}
          </span>
        ) : null}
      </div>
    </div>
  );
});

function TitleField({ title, end }: { title: string; end: (text: string) => void }) {
  const [text, setText] = useState(title);
  return (
    <input
      ref={takeFocus}
      className="nodrag"
      aria-label="Title of the frame"
      maxLength={500}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(text.trim())}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}

/** A field takes the focus when it appears. */
export function takeFocus(field: HTMLInputElement | HTMLTextAreaElement | null): void {
  if (!field || field.dataset.had) return;
  field.dataset.had = "focus";
  field.focus({ preventScroll: true });
  field.select();
}
