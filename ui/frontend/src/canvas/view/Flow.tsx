/** The drawing surface: React Flow, told what to draw and asked what a person did. */

import {
  Background,
  BackgroundVariant,
  type EdgeChange,
  type NodeChange,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, useMemo, useRef, useState } from "react";
import { nameOfKind } from "../core/blocks/offers";
import { GRID } from "../core/actions";
import { addAt, splice } from "../core/adding";
import { isAnnotation } from "../core/annotations";
import { edgeKey } from "../core/document";
import type { Position } from "../core/types";
import type { Editor } from "../editor";
import { FrameNode } from "./annotations/FrameNode";
import { NoteNode } from "./annotations/NoteNode";
import { type DrawnNode, paintAnnotations } from "./annotations/paint";
import { addReroutePoint } from "./commands/leading";
import { openMenuAt } from "./menu/opening";
import { useCutting } from "./Cutting";
import { useDragging } from "./dragging";
import { DrawnLink } from "./DrawnLink";
import { openBlock } from "./blocks/actions";
import { findOffer } from "./blocks/offers";
import { FarContext, useIsFar, useNameScale } from "./distance";
import { Held, HeldContext } from "./held";
import { LayerNode } from "./LayerNode";
import { MiniMap } from "./MiniMap";
import { ShapeEdge } from "./ShapeEdge";
import { DRAGGED } from "./Palette";
import { type CanvasEdge, ScenePainter } from "./scene";
import { idUnder, useLinking } from "./linking";
import { useSight } from "./sight";
import { useSteady } from "./steady";
import { useEditor, useKinds, usePart } from "./use";
import { GHOST, useMarks } from "./versions/marks";

const NODE_TYPES = { layer: LayerNode, frame: FrameNode, note: NoteNode };
const EDGE_TYPES = { shape: ShapeEdge };
const SNAP: [number, number] = [GRID, GRID];
const SEVERAL = ["Shift", "Control", "Meta"];
const PRO = { hideAttribution: true };

export function Flow() {
  const editor = useEditor();
  const flow = useReactFlow<DrawnNode, CanvasEdge>();
  const painted = useMarks(usePainted());
  const annotations = useAnnotations();
  const drawn = useMemo((): DrawnNode[] => [...annotations, ...painted.nodes], [annotations, painted.nodes]);
  const [nodes, setNodes] = useDrawn(drawn);
  const surface = useRef<HTMLDivElement>(null);
  const keepView = useSight(surface);
  const isFar = useIsFar();
  const nameScale = useNameScale();
  const hasDrop = usePart((view) => view.dropLink !== undefined);
  const [held] = useState(() => new Held());
  const dragging = useDragging(drawn, setNodes, held);
  const { handlers, knife } = useCutting(surface, (event) => openMenuAt(editor, event));

  const reactions = useSteady({
    onNodesChange: takeChanges,
    onEdgesChange: (changes: EdgeChange<CanvasEdge>[]) => {
      const edges = new Set(editor.view.edges);
      for (const change of changes)
        if (change.type === "select") change.selected ? edges.add(change.id) : edges.delete(change.id);
      editor.update({ edges });
    },
    ...dragging.handlers,
    ...useLinking(),
    onDoubleClick: (event: React.MouseEvent) => {
      if ((event.target as Element).classList.contains("react-flow__pane")) openSearch(event);
    },
    onNodeDoubleClick: (_: unknown, { id }: DrawnNode) => openBlock(editor, id),
    onNodeClick: (event: React.MouseEvent, { id }: DrawnNode) => {
      selectOnly(editor, event, id);
      editor.uncover();
    },
    onEdgeDoubleClick: addPointAt,
    onPaneClick: () => editor.view.point && editor.update({ point: undefined }),
    onMoveStart: (event: unknown) => event && keepView(),
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      showDropLink(editor, idUnder(event, ".react-flow__edge"));
    },
    onDragLeave: () => showDropLink(editor, undefined),
    onDrop: drop,
  });

  return (
    <div
      className={["surface", hasDrop && "has-drop", nameScale && "is-away"].filter(Boolean).join(" ")}
      style={{ "--zoom": nameScale } as React.CSSProperties}
      ref={surface}
      {...handlers}
    >
      <FarContext value={isFar}>
        <HeldContext value={held}>
          <ReactFlow<DrawnNode, CanvasEdge>
            nodes={nodes}
            edges={painted.edges}
            nodeTypes={NODE_TYPES}
            edgeTypes={EDGE_TYPES}
            connectionLineComponent={DrawnLink}
            connectionRadius={14}
            {...reactions}
            minZoom={0.05}
            maxZoom={2.5}
            snapToGrid
            snapGrid={SNAP}
            zoomOnDoubleClick={false}
            deleteKeyCode={null}
            multiSelectionKeyCode={SEVERAL}
            selectionMode={SelectionMode.Partial}
            elevateNodesOnSelect={false}
            disableKeyboardA11y
            nodesFocusable={false}
            edgesFocusable={false}
            onlyRenderVisibleElements
            proOptions={PRO}
          >
            <Background variant={BackgroundVariant.Dots} gap={GRID * 3} size={1} />
            <MiniMap />
          </ReactFlow>
        </HeldContext>
      </FarContext>
      {knife}
    </div>
  );

  function takeChanges(changes: NodeChange<DrawnNode>[]) {
    const moves = changes.filter((change) => change.type === "position" || change.type === "dimensions");
    if (moves.length > 0) dragging.takeMoves(moves);
    const chosen = changes.filter((change) => change.type === "select");
    if (chosen.length === 0) return;
    const picked = { selection: new Set(editor.view.selection), annotations: new Set(editor.view.annotations) };
    for (const { id, selected } of chosen) {
      const ids = isAnnotation(id) ? picked.annotations : picked.selection;
      selected ? ids.add(id) : ids.delete(id);
    }
    editor.update({ ...picked, point: undefined });
  }

  function addPointAt(event: React.MouseEvent, { data }: CanvasEdge) {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
    if (data) addReroutePoint(editor, data.edge, [at.x, at.y], flow.getNodes());
  }

  function openSearch(event: { clientX: number; clientY: number }) {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    editor.update({ search: { screen: [event.clientX, event.clientY], at: [at.x, at.y] } });
  }

  function drop(event: DragEvent) {
    showDropLink(editor, undefined);
    const kind = findOffer(editor, event.dataTransfer.getData(DRAGGED));
    if (!kind) return;
    event.preventDefault();
    const at = flow.screenToFlowPosition(
      { x: event.clientX - 88 * flow.getZoom(), y: event.clientY - 22 * flow.getZoom() },
      { snapToGrid: false },
    );
    const edge = editor.graph.edges.find((one) => edgeKey(one) === idUnder(event, ".react-flow__edge"));
    const position: Position = [at.x, at.y];
    const { edits, id } = edge ? splice(editor.scene, kind, edge, position) : addAt(editor.scene, kind, position);
    if (editor.apply(edits, `add ${nameOfKind(kind)}`)) editor.present([id]);
    editor.useKind(kind.kind);
  }
}

function showDropLink(editor: Editor, dropLink: string | undefined): void {
  if (dropLink !== editor.view.dropLink) editor.update({ dropLink });
}

/** What is drawn, moved by the pointer or not, until the document says otherwise: then that, in the same drawing. */
function useDrawn(drawn: DrawnNode[]) {
  const [source, setSource] = useState(drawn);
  const [nodes, setNodes] = useState(drawn);
  if (source !== drawn) {
    setSource(drawn);
    setNodes(drawn);
  }
  return [nodes, setNodes] as const;
}

function usePainted() {
  const editor = useEditor();
  const kinds = useKinds();
  const graph = usePart((_, one) => one.graph);
  const path = usePart((view) => view.path);
  const analysis = usePart((_, one) => one.shown);
  const selection = usePart((view) => view.selection);
  const edges = usePart((view) => view.edges);
  const painter = useMemo(() => new ScenePainter(), [editor]);
  const inputs = { graph, path, kinds, analysis, selection, edges };
  return {
    nodes: useMemo(() => painter.paintNodes(inputs), [graph, path, kinds, analysis, selection]),
    edges: useMemo(() => painter.paintEdges(inputs), [graph, path, analysis, edges]),
  };
}

/** A plain click on one of several selected nodes means that one. */
function selectOnly(editor: Editor, event: React.MouseEvent, id: string): void {
  const { selection, annotations, edges } = editor.view;
  if (event.shiftKey || event.ctrlKey || event.metaKey || id.startsWith(GHOST)) return;
  if (selection.size + annotations.size + edges.size <= 1) return;
  if (isAnnotation(id)) editor.select([], [], [id]);
  else editor.select([id]);
}

function useAnnotations() {
  const graph = usePart((_, one) => one.graph);
  const picked = usePart((view) => view.annotations);
  return useMemo(() => paintAnnotations(graph, picked), [graph.frames, graph.notes, picked]);
}
