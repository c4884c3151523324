/** Dragging: what is carried along, the link that a node is dropped into, and the one step that comes of it. */

import { type NodeChange, type NodePositionChange, applyNodeChanges, useStoreApi } from "@xyflow/react";
import { useRef } from "react";
import { snap } from "../core/actions";
import { spliceNode, findSplicePorts } from "../core/adding";
import { carriedBy, isAnnotation } from "../core/annotations";
import { edgeKey } from "../core/document";
import { dropEdits } from "../core/moving";
import { nearnessToBox } from "../core/routing";
import type { Edge, Position } from "../core/types";
import type { Editor } from "../editor";
import type { DrawnNode } from "./annotations/paint";
import type { Held } from "./held";
import { boxOf, routesOf } from "./routes";
import type { CanvasNode } from "./scene";
import { useEditor } from "./use";

/** What a drag began with. */
interface Drag {
  readonly main: string;
  readonly start: Position;
  /** Where nodes and annotations stood that lie in a frame which is dragged. */
  readonly carried: ReadonlyMap<string, Position>;
  readonly routes: ReadonlyMap<string, readonly Position[]>;
  /** How the view lay when React Flow last heard of a place. */
  view: readonly number[];
}

const at = (node: DrawnNode): Position => [node.position.x, node.position.y];
const isLayer = (node: DrawnNode): node is CanvasNode => node.type === "layer";

export function useDragging(
  nodes: readonly DrawnNode[],
  setNodes: (change: (before: DrawnNode[]) => DrawnNode[]) => void,
  held: Held,
) {
  const editor = useEditor();
  const store = useStoreApi();
  const drag = useRef<Drag | undefined>(undefined);

  const start = (main: DrawnNode | undefined, dragged: readonly DrawnNode[]) => {
    if (!main) return;
    const own = new Set(dragged.map((node) => node.id));
    const carried = carriedBy(editor.graph, new Set([...own].filter(isAnnotation)));
    const ids = new Set([...carried.nodes, ...carried.annotations].filter((id) => !own.has(id)));
    held.letGo();
    drag.current = {
      main: main.id,
      start: at(main),
      carried: new Map(nodes.filter((node) => ids.has(node.id)).map((node) => [node.id, at(node)])),
      routes: canSplice(editor, dragged) ? routesOf(nodes, editor.graph.edges) : new Map(),
      view: store.getState().transform,
    };
  };
  /** Draw what moves where it is held. React Flow hears of it where the view moves too, or where what moves is not drawn. */
  const hold = (changes: readonly NodePositionChange[]) => {
    const { current } = drag;
    const all = current ? [...changes, ...carry(changes, current)] : changes;
    const places = all.flatMap(({ id, position }) => (position ? [[id, [position.x, position.y]] as const] : []));
    held.hold(places);
    const { transform } = store.getState();
    if (current?.view === transform && places.every(([id]) => held.isDrawn(id))) return;
    if (current) current.view = transform;
    setNodes((before) => applyNodeChanges([...all], before));
  };
  const takeMoves = (changes: readonly NodeChange<DrawnNode>[]) => {
    const places = changes.filter((change) => change.type === "position");
    if (places.length === changes.length && places.every((change) => change.dragging)) return hold(places);
    if (places.some((change) => change.dragging === false)) held.letGo();
    setNodes((before) => applyNodeChanges([...changes], before));
  };
  const move = (dragged: readonly DrawnNode[]) => {
    const { current } = drag;
    const [only] = dragged;
    if (!current || current.routes.size === 0 || !only || !isLayer(only)) return;
    const dropLink = findLink(editor, only, current.routes);
    if (dropLink !== editor.view.dropLink) editor.update({ dropLink });
  };
  const stop = (main: DrawnNode | undefined, dragged: readonly DrawnNode[]) => {
    const { current } = drag;
    const { dropLink } = editor.view;
    drag.current = undefined;
    held.letGo();
    if (dropLink) editor.update({ dropLink: undefined });
    if (!current || !main) return;
    const edge = editor.graph.edges.find((one) => edgeKey(one) === dropLink);
    const isApplied = edge ? dropIntoLink(editor, main, edge) : dropHere(editor, main, dragged, current);
    if (!isApplied) setNodes(() => [...nodes]);
  };
  const handlers = {
    onNodeDragStart: (_: unknown, node: DrawnNode, dragged: DrawnNode[]) => start(node, dragged),
    onNodeDrag: (_: unknown, __: DrawnNode, dragged: DrawnNode[]) => move(dragged),
    onNodeDragStop: (_: unknown, node: DrawnNode, dragged: DrawnNode[]) => stop(node, dragged),
    onSelectionDragStart: (_: unknown, dragged: DrawnNode[]) => start(dragged[0], dragged),
    onSelectionDrag: (_: unknown, dragged: DrawnNode[]) => move(dragged),
    onSelectionDragStop: (_: unknown, dragged: DrawnNode[]) => stop(dragged[0], dragged),
  };
  return { takeMoves, handlers };
}

/** Where what is carried along is when what is dragged is there. */
function carry(changes: readonly NodePositionChange[], { main, start, carried }: Drag): NodePositionChange[] {
  const to = changes.find((change) => change.id === main)?.position;
  if (!to) return [];
  const [dx, dy] = [to.x - start[0], to.y - start[1]];
  return [...carried].map(([id, [x, y]]) => ({ id, type: "position", position: { x: x + dx, y: y + dy } }));
}

/** Only a single node without links can be dropped into one. */
function canSplice(editor: Editor, dragged: readonly DrawnNode[]): boolean {
  const [only] = dragged;
  return (
    dragged.length === 1 &&
    only !== undefined &&
    isLayer(only) &&
    editor.graph.edges.every((edge) => edge.source !== only.id && edge.target !== only.id)
  );
}

/** The link that runs nearest to the middle of a node and can run through it. */
function findLink(editor: Editor, node: CanvasNode, routes: Drag["routes"]): string | undefined {
  const box = boxOf(node);
  const near = editor.graph.edges
    .map((edge) => ({ edge, far: nearnessToBox(routes.get(edgeKey(edge)) ?? [], box) }))
    .filter(({ far }) => Number.isFinite(far))
    .sort((a, b) => a.far - b.far);
  const found = near.find(({ edge }) => findSplicePorts(editor.scene, node.id, edge));
  return found && edgeKey(found.edge);
}

function dropIntoLink(editor: Editor, node: DrawnNode, edge: Edge): boolean {
  return editor.apply(spliceNode(editor.scene, node.id, edge, at(node)), `splice ${node.id}`);
}

function dropHere(editor: Editor, main: DrawnNode, dragged: readonly DrawnNode[], drag: Drag): boolean {
  const { graph, view } = editor;
  const [dx, dy] = [snap(main.position.x) - drag.start[0], snap(main.position.y) - drag.start[1]];
  const ids = [...dragged.map((node) => node.id), ...drag.carried.keys()];
  const own = dragged
    .filter(isLayer)
    .map((node): [string, Position] => [node.id, [snap(at(node)[0]), snap(at(node)[1])]]);
  const along = [...drag.carried]
    .filter(([id]) => !isAnnotation(id))
    .map(([id, [x, y]]): [string, Position] => [id, [x + dx, y + dy]]);
  const edits = dropEdits(graph, view.path, [...own, ...along], new Set(ids.filter(isAnnotation)), [dx, dy]);
  return editor.apply(edits, nameMove(ids));
}

function nameMove(ids: readonly string[]): string {
  const nodes = ids.filter((id) => !isAnnotation(id));
  const [annotation] = ids.filter(isAnnotation);
  if (annotation) return `move a ${annotation.split(" ")[0]}`;
  return nodes.length === 1 ? `move ${nodes[0]}` : `move ${nodes.length} nodes`;
}
