/** Frames and notes as React Flow draws them, beside the nodes of the graph. */

import type { Node as FlowNode } from "@xyflow/react";
import { keyOf } from "../../core/annotations";
import type { Frame, Graph, Note, Position } from "../../core/types";
import type { CanvasNode } from "../scene";

export type FrameNode = FlowNode<{ readonly frame: Frame }, "frame">;
export type NoteNode = FlowNode<{ readonly note: Note }, "note">;
export type DrawnNode = CanvasNode | FrameNode | NoteNode;

/** A frame lies behind the links and lets the pointer through, except at its title. */
const BEHIND = { zIndex: -1, style: { pointerEvents: "none" }, selectable: false } as const;

export function paintAnnotations(graph: Graph, picked: ReadonlySet<string>): (FrameNode | NoteNode)[] {
  const base = (sort: "frame" | "note", place: number, position: Position, size: Position) => ({
    id: keyOf(sort, place),
    position: { x: position[0], y: position[1] },
    width: size[0],
    height: size[1],
    selected: picked.has(keyOf(sort, place)),
    connectable: false,
  });
  return [
    ...graph.frames.map((frame, place): FrameNode => ({
      ...base("frame", place, frame.position, frame.size),
      ...BEHIND,
      type: "frame",
      dragHandle: ".frame-title",
      data: { frame },
    })),
    ...graph.notes.map((note, place): NoteNode => ({
      ...base("note", place, note.position, note.size),
      type: "note",
      data: { note },
    })),
  ];
}
