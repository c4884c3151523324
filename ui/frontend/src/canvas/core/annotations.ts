/** Frames and notes: what stands on the canvas beside the graph. They are told apart by their place in the document. */

import { NODE_WIDTH, snap } from "./actions";
import type { Box } from "./routing";
import type { Edit, Frame, FrameColour, Graph, Note, Position } from "./types";

export const COLOURS: readonly FrameColour[] = ["grey", "blue", "green", "orange", "red", "violet"];

/** How far a frame stands off the nodes in it, and more above for its title. */
const MARGIN = 24;
const TITLE = 32;
/** A node is about so high. */
const NODE_HEIGHT = 72;

/** `frame 0` or `note 2`, read. */
export function readKey(key: string): { sort: "frame" | "note"; place: number } {
  const [sort, place] = key.split(" ");
  return { sort: sort === "note" ? "note" : "frame", place: Number(place) };
}

export const keyOf = (sort: "frame" | "note", place: number) => `${sort} ${place}`;

export const isAnnotation = (id: string) => /^(frame|note) \d+$/.test(id);

const setFrames = (path: string, frames: readonly Frame[]): Edit => ({
  op: "set_graph",
  graph: path,
  fields: { frames },
});
const setNotes = (path: string, notes: readonly Note[]): Edit => ({ op: "set_graph", graph: path, fields: { notes } });

/** The rectangle of a frame around boxes. */
function rectangleAround(boxes: readonly Box[]): Pick<Frame, "position" | "size"> {
  const [left, top] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return {
    position: [snap(left - MARGIN), snap(top - MARGIN - TITLE)],
    size: [snap(right - left + 2 * MARGIN), snap(bottom - top + 2 * MARGIN + TITLE)],
  };
}

/** Put a frame around boxes. */
export function frameEdits(graph: Graph, path: string, boxes: readonly Box[]): { edits: Edit[]; key: string } {
  const colour = COLOURS[(graph.frames.length + 1) % COLOURS.length] as FrameColour;
  const frame: Frame = { title: "", ...rectangleAround(boxes), colour };
  return { edits: [setFrames(path, [...graph.frames, frame])], key: keyOf("frame", graph.frames.length) };
}

/** Draw frames anew around the nodes that they hold, where these go to other places. */
export function refitFrames(graph: Graph, path: string, boxes: ReadonlyMap<string, Box>): Edit[] {
  const frames = graph.frames.map((frame, place) => {
    const held = [...carriedBy(graph, new Set([keyOf("frame", place)])).nodes];
    const isMoved = held.some((id) => boxes.has(id));
    const around = held.map((id) => boxes.get(id)).filter((box) => box !== undefined);
    return isMoved && around.length === held.length ? { ...frame, ...rectangleAround(around) } : frame;
  });
  return frames.some((frame, place) => frame !== graph.frames[place]) ? [setFrames(path, frames)] : [];
}

const NOTE: Position = [240, 120];

/** Put an empty note at a place, or below it where nodes stand there. */
export function noteEdits(graph: Graph, path: string, [x, y]: Position): { edits: Edit[]; key: string } {
  const note: Note = { text: "", position: [snap(x), snap(freeBelow(graph, x, y))], size: NOTE };
  return { edits: [setNotes(path, [...graph.notes, note])], key: keyOf("note", graph.notes.length) };
}

function freeBelow(graph: Graph, x: number, y: number): number {
  const beside = graph.nodes.filter(({ position }) => position[0] < x + NOTE[0] && position[0] + NODE_WIDTH > x);
  const stands = (top: number) =>
    beside.some(({ position }) => position[1] < top + NOTE[1] && position[1] + NODE_HEIGHT > top);
  let top = y;
  while (stands(top)) top += MARGIN;
  return top;
}

type Piece = { readonly position: Position; readonly size: Position };

/** Change some annotations, frames with frames and notes with notes, in one edit each. */
export function changeAnnotations(
  graph: Graph,
  path: string,
  keys: ReadonlySet<string>,
  change: (piece: Piece) => Partial<Frame> & Partial<Note>,
): Edit[] {
  const changed = <T extends Piece>(sort: "frame" | "note", pieces: readonly T[]) =>
    pieces.map((piece, place) => (keys.has(keyOf(sort, place)) ? { ...piece, ...change(piece) } : piece));
  const has = (sort: string) => [...keys].some((key) => key.startsWith(sort));
  return [
    ...(has("frame") ? [setFrames(path, changed("frame", graph.frames))] : []),
    ...(has("note") ? [setNotes(path, changed("note", graph.notes))] : []),
  ];
}

export function removeAnnotations(graph: Graph, path: string, keys: ReadonlySet<string>): Edit[] {
  const frames = graph.frames.filter((_, place) => !keys.has(keyOf("frame", place)));
  const notes = graph.notes.filter((_, place) => !keys.has(keyOf("note", place)));
  return [
    ...(frames.length < graph.frames.length ? [setFrames(path, frames)] : []),
    ...(notes.length < graph.notes.length ? [setNotes(path, notes)] : []),
  ];
}

const SMALLEST: Position = [96, 56];

/** Grow or shrink by so much; never below what can be taken hold of. */
export const resizeBy =
  (dx: number, dy: number) =>
  ({ size }: Piece) => ({
    size: [Math.max(SMALLEST[0], size[0] + dx), Math.max(SMALLEST[1], size[1] + dy)] as const,
  });

export interface Carried {
  readonly nodes: ReadonlySet<string>;
  readonly annotations: ReadonlySet<string>;
}

/** Keys of the frames that hold some of these nodes and no other, and of the notes in these frames or among the nodes. */
export function annotationsWithin(graph: Graph, ids: ReadonlySet<string>): ReadonlySet<string> {
  const frames = graph.frames.flatMap((_, place) => {
    const key = keyOf("frame", place);
    const { nodes } = carriedBy(graph, new Set([key]));
    return nodes.size > 0 && [...nodes].every((id) => ids.has(id)) ? [key] : [];
  });
  const held = carriedBy(graph, new Set(frames)).annotations;
  const chosen = graph.nodes.filter((node) => ids.has(node.id)).map(({ position: [x, y] }) => [x, y] as const);
  const [xs, ys] = [chosen.map(([x]) => x), chosen.map(([, y]) => y)];
  const isAmong = ({ position: [x, y], size: [width, height] }: Piece) =>
    x >= Math.min(...xs) - MARGIN &&
    y >= Math.min(...ys) - MARGIN &&
    x + width <= Math.max(...xs) + NODE_WIDTH + MARGIN &&
    y + height <= Math.max(...ys) + NODE_HEIGHT + MARGIN;
  const among = graph.notes.flatMap((note, place) => (isAmong(note) ? [keyOf("note", place)] : []));
  return new Set([...frames, ...[...held].filter((key) => key.startsWith("note")), ...among]);
}

/** The frames and notes of these keys, each moved. */
export function pickAnnotations(
  graph: Pick<Graph, "frames" | "notes">,
  keys: ReadonlySet<string>,
  to: (at: Position) => Position,
): Pick<Graph, "frames" | "notes"> {
  const pick = <T extends Piece>(sort: "frame" | "note", pieces: readonly T[]) =>
    pieces
      .filter((_, place) => keys.has(keyOf(sort, place)))
      .map((piece) => ({ ...piece, position: to(piece.position) }));
  return { frames: pick("frame", graph.frames), notes: pick("note", graph.notes) };
}

/** What lies in a frame and moves along with it: nodes whose middle is inside, notes and smaller frames that are whole inside. */
export function carriedBy(graph: Graph, keys: ReadonlySet<string>): Carried {
  const frames = graph.frames.filter((_, place) => keys.has(keyOf("frame", place)));
  const holds = ([x, y]: Position) =>
    frames.some(
      ({ position, size }) =>
        x >= position[0] && y >= position[1] && x <= position[0] + size[0] && y <= position[1] + size[1],
    );
  const isWhole = ({ position, size }: Piece) =>
    holds(position) && holds([position[0] + size[0], position[1] + size[1]]);
  const inside = <T extends Piece>(sort: "frame" | "note", pieces: readonly T[]) =>
    pieces.flatMap((piece, place) => (isWhole(piece) && !keys.has(keyOf(sort, place)) ? [keyOf(sort, place)] : []));
  const nodes = graph.nodes.filter(({ position }) => holds([position[0] + NODE_WIDTH / 2, position[1] + 24]));
  return {
    nodes: new Set(nodes.map((node) => node.id)),
    annotations: new Set([...inside("frame", graph.frames), ...inside("note", graph.notes)]),
  };
}
