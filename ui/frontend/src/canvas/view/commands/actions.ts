/** What the keyboard and the toolbar do. */

import { bypassEdits, joinEdits } from "../../core/actions";
import { removeAnnotations } from "../../core/annotations";
import { edgeKey, findNode } from "../../core/document";
import { layOutEdits } from "../../core/layout";
import { moveEdits, removePoint } from "../../core/moving";
import { NOTHING_PICKED, countPicked } from "../../core/picking";
import { scenePorts } from "../../core/ports";
import { removeEdits } from "../../core/removing";
import type { Position } from "../../core/types";
import { leaveBlock } from "../blocks/actions";
import type { Editor } from "../../editor";
import { leaveMachine } from "../machine/doing";
import { leaveComparison } from "../versions/doing";
import type { Context } from "./command";
import { walkFromLink } from "./wiring";

/** Lay out the selection, or everything, and show it. */
export function layOutGraph(editor: Editor): void {
  const { view, scene } = editor;
  const only = view.selection.size > 1 ? view.selection : undefined;
  if (editor.apply(layOutEdits(scene, only), "lay out")) editor.show([]);
}

/** Delete what is selected; where nodes are taken out of a chain the link is healed, unless that is not wanted. */
export function deleteSelection(editor: Editor, heals = true): void {
  const { graph, scene } = editor;
  const { path, selection, annotations, point } = editor.view;
  const edges = point ? [] : editor.selectedEdges();
  const edits = [
    ...removeEdits(scene, selection, edges, heals),
    ...removeAnnotations(graph, path, annotations),
    ...(point ? removePoint(graph, path, point) : []),
  ];
  const counts = [
    [selection.size, selection.size === 1 ? `${[...selection][0]}` : "nodes"],
    [edges.length, edges.length === 1 ? "a link" : "links"],
    [annotations.size, annotations.size === 1 ? `a ${[...annotations][0]?.split(" ")[0]}` : "frames and notes"],
    [point ? 1 : 0, "a reroute point"],
  ] as const;
  const [count, what] = counts.find(([found]) => found > 0) ?? [0, "nothing"];
  editor.apply(edits, count > 1 ? `delete ${count} ${what}` : `delete ${what}`);
}

/** Move what is selected; of a link that is led through a selected point, the point. */
export function nudge(editor: Editor, dx: number, dy: number): void {
  const { path, selection, annotations, point } = editor.view;
  const picked = [...selection, ...annotations, ...(point ? [point.edge, point.place] : [])];
  editor.apply(moveEdits(editor.graph, path, editor.view, dx, dy), "nudge", `nudge ${picked.join()}`);
}

export function toggleBypass(editor: Editor): void {
  const edits = bypassEdits(editor.graph, editor.view.path, editor.view.selection);
  if (edits.length === 0) editor.tell("An Input or an Output always takes part: it is a port of the network.");
  else editor.apply(edits, "bypass");
}

export function selectAll(editor: Editor): void {
  editor.select(
    editor.graph.nodes.map((node) => node.id),
    editor.graph.edges.map(edgeKey),
  );
}

/** Walk from a link to its ends. Walk from a node along the links, or to the next node of the same column where there is none to walk along. */
export function walk(editor: Editor, key: string): void {
  const { graph, view } = editor;
  const [current] = [...view.selection].slice(-1);
  if (walkFromLink(editor, key)) return;
  if (!current) {
    if (graph.nodes[0]) editor.reveal([graph.nodes[0].id]);
    return;
  }
  const next =
    key === "ArrowRight"
      ? graph.edges.find((edge) => edge.source === current)?.target
      : key === "ArrowLeft"
        ? graph.edges.find((edge) => edge.target === current)?.source
        : undefined;
  const chosen = next ?? neighbour(editor, current, key);
  if (chosen) editor.reveal([chosen]);
}

function neighbour(editor: Editor, current: string, key: string): string | undefined {
  const here = editor.graph.nodes.find((node) => node.id === current)?.position ?? [0, 0];
  const axis = key === "ArrowLeft" || key === "ArrowRight" ? 0 : 1;
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  const ahead = editor.graph.nodes.filter((node) => (node.position[axis] - here[axis]) * sign > 0);
  const distance = (at: Position) =>
    Math.abs(at[axis] - here[axis]) + 2 * Math.abs(at[(1 - axis) as 0 | 1] - here[(1 - axis) as 0 | 1]);
  return ahead.sort((a, b) => distance(a.position) - distance(b.position))[0]?.id;
}

/** Start a link at the selected node, or end it there. */
export function linkByKey(editor: Editor): void {
  const [current] = [...editor.view.selection];
  const { linking } = editor.view;
  if (!current) return editor.tell("Select a node first, then press C to start a link.");
  if (!linking) {
    const node = findNode(editor.graph, current);
    const port = node && scenePorts(editor.scene, node).outputs[0]?.name;
    if (port === undefined) return editor.tell(`${current} has no output that a link could start at.`);
    editor.update({ linking: { node: current, port, isSource: true } });
    return editor.tell(`A link starts at ${current}. Walk with Alt and the arrows, then press C again.`);
  }
  editor.update({ linking: undefined });
  const edits = joinEdits(editor.scene, linking.node, current);
  if (edits.length === 0) editor.tell(`${linking.node} gives nothing that a free input of ${current} takes.`);
  else if (editor.apply(edits, `connect ${linking.node} and ${current}`))
    editor.tell(`${linking.node} now feeds ${current}.`);
}

/** Show the outline and go there; hidden, the focus goes back to the canvas. */
export function toggleOutline({ editor, focus }: Pick<Context, "editor" | "focus">): void {
  const outline = !editor.view.panels.outline;
  editor.setPanels({ outline });
  requestAnimationFrame(() => focus(outline ? "[data-outline] [tabindex='0']" : "[data-canvas]"));
}

/** Leave what was begun, a step at a time: a run or a comparison, then a link, then the selection, then a block. */
export function leave(editor: Editor): void {
  const { linking, notice, inspected, versioning } = editor.view;
  if (inspected) leaveMachine(editor);
  else if (versioning.comparison) leaveComparison(editor);
  else if (linking || notice) editor.update({ linking: undefined, notice: undefined });
  else if (countPicked(editor.view) > 0) editor.update(NOTHING_PICKED);
  else leaveBlock(editor);
}
