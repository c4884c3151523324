/** The drawing surface: React Flow, told what to draw and asked what a person did. */

import {
  Background,
  BackgroundVariant,
  type Connection,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  type OnConnectStart,
  ReactFlow,
  applyNodeChanges,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { GRID, addAt, connectEdit, joinEdits, reconnectEdits, snap, splice } from "../core/actions";
import { edgeKey } from "../core/document";
import { type Link, freeInput, refuse } from "../core/ports";
import type { Edit, Position } from "../core/types";
import { LayerNode } from "./LayerNode";
import { DrawnLink, ShapeEdge } from "./ShapeEdge";
import { DRAGGED } from "./Palette";
import { type CanvasEdge, type CanvasNode, ScenePainter } from "./scene";
import { lookOf } from "./icons";
import { useFit } from "./fit";
import { useEditor, useKinds, usePart } from "./use";

const NODE_TYPES = { layer: LayerNode };
const EDGE_TYPES = { shape: ShapeEdge };

const asLink = (connection: Connection | CanvasEdge): Link => ({
  source: connection.source,
  source_port: connection.sourceHandle ?? "output",
  target: connection.target,
  target_port: connection.targetHandle ?? "input",
});

export function Flow() {
  const editor = useEditor();
  const flow = useReactFlow<CanvasNode, CanvasEdge>();
  const painted = usePainted();
  const [nodes, setNodes] = useState(painted.nodes);
  const surface = useRef<HTMLDivElement>(null);
  useEffect(() => setNodes(painted.nodes), [painted.nodes]);
  const keepView = useFitting(surface);

  const takeChanges = (changes: NodeChange<CanvasNode>[]) => {
    const moves = changes.filter((change) => change.type === "position" || change.type === "dimensions");
    if (moves.length > 0) setNodes((before) => applyNodeChanges(moves, before));
    const chosen = changes.filter((change) => change.type === "select");
    if (chosen.length > 0) {
      const selection = new Set(editor.view.selection);
      for (const { id, selected } of chosen) selected ? selection.add(id) : selection.delete(id);
      editor.update({ selection });
    }
  };
  const dropNodes = (moved: CanvasNode[]) => {
    const before = new Map(editor.graph.nodes.map((node) => [node.id, node.position]));
    const positions = Object.fromEntries(
      moved.map((node) => [node.id, [snap(node.position.x), snap(node.position.y)] as const]).filter(([id, position]) => String(before.get(id as string)) !== String(position)),
    );
    const count = Object.keys(positions).length;
    if (count === 0) setNodes(painted.nodes);
    else editor.apply([{ op: "move", graph: editor.view.path, positions }], count === 1 ? `move ${Object.keys(positions)[0]}` : `move ${count} nodes`);
  };

  return (
    <div className="surface" ref={surface}>
      <ReactFlow<CanvasNode, CanvasEdge>
        nodes={nodes}
        edges={painted.edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        connectionLineComponent={DrawnLink}
        connectionRadius={28}
        onNodesChange={takeChanges}
        onEdgesChange={(changes) => {
          const edges = new Set(editor.view.edges);
          for (const change of changes) if (change.type === "select") change.selected ? edges.add(change.id) : edges.delete(change.id);
          editor.update({ edges });
        }}
        onNodeDragStop={(_, __, moved) => dropNodes(moved)}
        onSelectionDragStop={(_, moved) => dropNodes(moved)}
        {...useLinking()}
        onDoubleClick={(event) => {
          if ((event.target as Element).classList.contains("react-flow__pane")) openSearch(event);
        }}
        onMoveStart={(event) => event && keepView()}
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
        minZoom={0.05}
        maxZoom={2.5}
        snapToGrid
        snapGrid={[GRID, GRID]}
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        disableKeyboardA11y
        nodesFocusable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={GRID * 3} size={1} />
        <MiniMap pannable zoomable position="bottom-right" nodeColor={(node) => lookOf((node as CanvasNode).data.kind?.family).colour} nodeBorderRadius={12} style={{ width: 132, height: 84 }} />
      </ReactFlow>
    </div>
  );

  function openSearch(event: { clientX: number; clientY: number }) {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    editor.update({ search: { screen: [event.clientX, event.clientY], at: [at.x, at.y] } });
  }

  function drop(event: DragEvent) {
    const kind = [...editor.view.catalogue.network, ...editor.view.catalogue.training].find((one) => one.kind === event.dataTransfer.getData(DRAGGED));
    if (!kind) return;
    event.preventDefault();
    const at = flow.screenToFlowPosition({ x: event.clientX - 88 * flow.getZoom(), y: event.clientY - 22 * flow.getZoom() }, { snapToGrid: false });
    const edge = editor.graph.edges.find((one) => edgeKey(one) === idUnder(event, ".react-flow__edge"));
    const position: Position = [at.x, at.y];
    const { edits, id } = edge ? splice(editor.scene, kind, edge, position) : addAt(editor.scene, kind, position);
    if (editor.apply(edits, `add ${kind.kind}`)) editor.select([id]);
    editor.useKind(kind.kind);
  }
}

function usePainted() {
  const editor = useEditor();
  const kinds = useKinds();
  const graph = usePart((_, one) => one.graph);
  const path = usePart((view) => view.path);
  const analysis = usePart((view) => view.analysis);
  const selection = usePart((view) => view.selection);
  const edges = usePart((view) => view.edges);
  const painter = useMemo(() => new ScenePainter(), [editor]);
  const inputs = { graph, path, kinds, analysis, selection, edges };
  return {
    nodes: useMemo(() => painter.paintNodes(inputs), [graph, path, kinds, analysis, selection]),
    edges: useMemo(() => painter.paintEdges(inputs), [graph, path, analysis, edges]),
  };
}

/** Everything about drawing, moving and refusing links. */
function useLinking() {
  const editor = useEditor();
  const flow = useReactFlow();
  const start: OnConnectStart = (_, { nodeId, handleId, handleType }) => {
    if (nodeId && handleId) editor.update({ linking: { node: nodeId, port: handleId, isSource: handleType === "source" } });
  };
  const end = (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { linking } = editor.view;
    editor.update({ linking: undefined });
    if (!linking || state.isValid) return;
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    if (!point) return;
    if (state.toHandle) {
      const [source, target] = linking.isSource ? [linking, { node: state.toHandle.nodeId, port: state.toHandle.id ?? "" }] : [{ node: state.toHandle.nodeId, port: state.toHandle.id ?? "" }, linking];
      const reason = refuse(editor.scene, { source: source.node, source_port: source.port, target: target.node, target_port: target.port });
      if (reason) editor.tell(reason);
      return;
    }
    const under = idUnder({ ...pointOf(point), target: event.target }, ".react-flow__node");
    if (under && under !== linking.node) dropOnBody(linking, under);
    else if (!under) {
      const at = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
      editor.update({ search: { screen: [point.clientX, point.clientY], at: [at.x, at.y], loose: linking } });
    }
  };
  const dropOnBody = (linking: { node: string; port: string; isSource: boolean }, other: string) => {
    if (!linking.isSource) {
      const edits = joinEdits(editor.scene, other, linking.node);
      if (edits.length === 0) editor.tell(`${other} gives nothing that ${linking.node} takes.`);
      else editor.apply(edits, `connect ${other} and ${linking.node}`);
      return;
    }
    const port = freeInput(editor.scene, linking.node, linking.port, other);
    if (port) editor.apply([connectEdit(editor.view.path, { source: linking.node, source_port: linking.port, target: other, target_port: port })], `connect ${linking.node} and ${other}`);
    else editor.tell(whyNot(linking.node, linking.port, other));
  };
  const whyNot = (source: string, sourcePort: string, target: string): string => {
    const kind = [...editor.view.catalogue.network, ...editor.view.catalogue.training].find((one) => one.kind === editor.graph.nodes.find((node) => node.id === target)?.kind);
    const port = kind?.inputs[0];
    const reason = port && refuse(editor.scene, { source, source_port: sourcePort, target, target_port: port.variadic ? `${port.name}.0` : port.name });
    return reason ?? `${target} has no free input that fits. Drop the link on an input itself to replace what is there.`;
  };
  return {
    onConnectStart: start,
    onConnectEnd: end,
    onConnect: (connection: Connection) => {
      const link = asLink(connection);
      editor.apply([connectEdit(editor.view.path, link)], `connect ${link.source} and ${link.target}`);
    },
    onReconnect: (old: CanvasEdge, connection: Connection) => {
      const edits: Edit[] = old.data ? reconnectEdits(editor.view.path, old.data.edge, asLink(connection)) : [];
      editor.apply(edits, "move a link");
    },
    isValidConnection: (connection: Connection | CanvasEdge) => refuse(editor.scene, asLink(connection)) === undefined,
  };
}

const pointOf = (point: { clientX: number; clientY: number }) => ({ clientX: point.clientX, clientY: point.clientY });

/** The id of the node or link under the pointer. The canvas lives in a shadow root, which only itself can search. */
function idUnder(event: { clientX: number; clientY: number; target: EventTarget | null } | MouseEvent, what: string): string | undefined {
  const root = (event.target as Node | null)?.getRootNode() as Document | ShadowRoot | undefined;
  const shadow = root && "elementsFromPoint" in root ? root : document;
  for (const element of shadow.elementsFromPoint(event.clientX, event.clientY)) {
    const found = element.closest<HTMLElement>(what)?.dataset.id;
    if (found) return found;
  }
  return undefined;
}

/** Bring into sight what was asked for; show the whole of a graph that was opened, until a person moves the view. */
function useFitting(surface: React.RefObject<HTMLDivElement | null>) {
  const path = usePart((view) => view.path);
  const focus = usePart((view) => view.focus);
  const isMoved = useRef(false);
  const fit = useFit();
  useEffect(() => {
    isMoved.current = false;
    const frame = requestAnimationFrame(() => fit([], 0));
    return () => cancelAnimationFrame(frame);
  }, [path, fit]);
  useEffect(() => {
    if (!surface.current) return;
    const observer = new ResizeObserver(() => {
      if (!isMoved.current) fit([], 0);
    });
    observer.observe(surface.current);
    return () => observer.disconnect();
  }, [fit, surface]);
  useEffect(() => {
    if (!focus) return;
    const frame = requestAnimationFrame(() => fit(focus.ids));
    return () => cancelAnimationFrame(frame);
  }, [focus, fit]);
  return () => {
    isMoved.current = true;
  };
}
