/** Drawing links: where they may end, what happens where they do not, and why. */

import { type Connection, type FinalConnectionState, type OnConnectStart, useReactFlow } from "@xyflow/react";
import type { MouseEvent } from "react";
import { connectEdit, joinEdits, reconnectEdits } from "../core/actions";
import { type Link, freeInput, refuse } from "../core/ports";
import type { Edit } from "../core/types";
import type { CanvasEdge } from "./scene";
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
  const flow = useReactFlow();
  const start: OnConnectStart = (_, { nodeId, handleId, handleType }) => {
    if (nodeId && handleId)
      editor.update({ linking: { node: nodeId, port: handleId, isSource: handleType === "source" } });
  };
  const end = (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { linking } = editor.view;
    editor.update({ linking: undefined });
    if (!linking || state.isValid) return;
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    if (!point) return;
    if (state.toHandle) {
      const [source, target] = linking.isSource
        ? [linking, { node: state.toHandle.nodeId, port: state.toHandle.id ?? "" }]
        : [{ node: state.toHandle.nodeId, port: state.toHandle.id ?? "" }, linking];
      const reason = refuse(editor.scene, {
        source: source.node,
        source_port: source.port,
        target: target.node,
        target_port: target.port,
      });
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
    if (port)
      editor.apply(
        [
          connectEdit(editor.view.path, {
            source: linking.node,
            source_port: linking.port,
            target: other,
            target_port: port,
          }),
        ],
        `connect ${linking.node} and ${other}`,
      );
    else editor.tell(whyNot(linking.node, linking.port, other));
  };
  const whyNot = (source: string, sourcePort: string, target: string): string => {
    const kind = [...editor.view.catalogue.network, ...editor.view.catalogue.training].find(
      (one) => one.kind === editor.graph.nodes.find((node) => node.id === target)?.kind,
    );
    const port = kind?.inputs[0];
    const reason =
      port &&
      refuse(editor.scene, {
        source,
        source_port: sourcePort,
        target,
        target_port: port.variadic ? `${port.name}.0` : port.name,
      });
    return (
      reason ?? `${target} has no free input that fits. Drop the link on an input itself to replace what is there.`
    );
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
