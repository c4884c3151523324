/** Drawing links: where they may end, what happens where they do not, and why. */

import { type Connection, type FinalConnectionState, type OnConnectStart, useReactFlow } from "@xyflow/react";
import { type MouseEvent, useRef } from "react";
import { connectEdit, reconnectEdits } from "../core/actions";
import { isAnnotation } from "../core/annotations";
import { findNode } from "../core/document";
import { type Link, freeInput, refuse, scenePorts } from "../core/ports";
import type { Edge, Edit } from "../core/types";
import type { Editor } from "../editor";
import { cutLinks } from "./commands/wiring";
import type { DrawnNode } from "./annotations/paint";
import type { CanvasEdge } from "./scene";
import { type LooseEnd, linkBetween, nearestFit } from "./snapping";
import { useEditor } from "./use";

const asLink = (connection: Connection | CanvasEdge): Link => ({
  source: connection.source,
  source_port: connection.sourceHandle ?? "output",
  target: connection.target,
  target_port: connection.targetHandle ?? "input",
});

/** Everything about drawing, moving and refusing links. */
export function useLinking() {
  const editor = useEditor();
  const flow = useReactFlow<DrawnNode, CanvasEdge>();
  /** The link whose end is being moved. */
  const moved = useRef<Edge | undefined>(undefined);

  const start: OnConnectStart = (_, { nodeId, handleId, handleType }) => {
    if (nodeId && handleId)
      editor.update({ linking: { node: nodeId, port: handleId, isSource: handleType === "source" } });
  };
  const end = (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { linking } = editor.view;
    const old = moved.current;
    moved.current = undefined;
    editor.update({ linking: undefined });
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    if (!linking || state.isValid || !point) return;
    if (state.toHandle) {
      const to = { node: state.toHandle.nodeId, port: state.toHandle.id ?? "" };
      const reason = refuse(editor.scene, linkBetween(linking, to));
      if (reason) editor.tell(reason);
      return;
    }
    const { x, y } = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY }, { snapToGrid: false });
    const near = nearestFit(editor, flow.getNodes(), linking, [x, y], flow.getZoom());
    const under = idUnder(
      { clientX: point.clientX, clientY: point.clientY, target: event.target },
      ".react-flow__node",
    );
    if (near) join(editor, linkBetween(linking, near), old);
    else if (under && isAnnotation(under)) takeOff(old);
    else if (under && under !== linking.node) dropOnBody(editor, linking, under, old);
    else if (!under && old) takeOff(old);
    else if (!under) editor.update({ search: { screen: [point.clientX, point.clientY], at: [x, y], loose: linking } });
  };
  /** An end that was taken off and dropped where nothing is. */
  const takeOff = (old: Edge | undefined) => {
    if (old) cutLinks(editor, [old]);
  };
  return {
    onConnectStart: start,
    onConnectEnd: end,
    onConnect: (connection: Connection) => join(editor, asLink(connection)),
    onReconnectStart: (_: unknown, edge: CanvasEdge) => {
      moved.current = edge.data?.edge;
    },
    onReconnect: (old: CanvasEdge, connection: Connection) => join(editor, asLink(connection), old.data?.edge),
    isValidConnection: (connection: Connection | CanvasEdge) => refuse(editor.scene, asLink(connection)) === undefined,
  };
}

/** Make a link, or move an end of one that is there. */
function join(editor: Editor, link: Link, old?: Edge): void {
  const { path } = editor.view;
  const edits: Edit[] = old ? reconnectEdits(path, old, link) : [connectEdit(path, link)];
  editor.apply(edits, old ? "move a link" : `connect ${link.source} and ${link.target}`);
}

/** A link that is dropped on a node takes its first free port that fits. */
function dropOnBody(editor: Editor, linking: LooseEnd, other: string, old: Edge | undefined): void {
  if (!linking.isSource) {
    const output = firstOutput(editor, other, linking);
    if (output) join(editor, linkBetween(linking, { node: other, port: output }), old);
    else editor.tell(`${other} gives nothing that ${linking.node} takes.`);
    return;
  }
  const port = freeInput(editor.scene, linking.node, linking.port, other);
  if (port) join(editor, linkBetween(linking, { node: other, port }), old);
  else editor.tell(whyNot(editor, linking, other));
}

function firstOutput(editor: Editor, id: string, linking: LooseEnd): string | undefined {
  const node = findNode(editor.graph, id);
  const outputs = node ? scenePorts(editor.scene, node).outputs : [];
  return outputs.find((port) => !refuse(editor.scene, linkBetween(linking, { node: id, port: port.name })))?.name;
}

function whyNot(editor: Editor, linking: LooseEnd, target: string): string {
  const node = findNode(editor.graph, target);
  const [port] = node ? scenePorts(editor.scene, node).inputs : [];
  const reason = port && refuse(editor.scene, linkBetween(linking, { node: target, port: port.name }));
  return reason ?? `${target} has no free input that fits. Drop the link on an input itself to replace what is there.`;
}

/** The id of the node or link under the pointer. The canvas lives in a shadow root, which only itself can search. */
export function idUnder(
  event: { clientX: number; clientY: number; target: EventTarget | null } | MouseEvent,
  what: string,
): string | undefined {
  const root = (event.target as Node | null)?.getRootNode() as Document | ShadowRoot | undefined;
  const shadow = root && "elementsFromPoint" in root ? root : document;
  for (const element of shadow.elementsFromPoint(event.clientX, event.clientY)) {
    const found = element.closest<HTMLElement>(what)?.dataset.id;
    if (found) return found;
  }
  return undefined;
}
