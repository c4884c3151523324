/** The marks of a comparison on the canvas: what came, what went (drawn as ghosts), what changed. */

import { useMemo } from "react";
import { type Difference, type GraphDifference, findDifference } from "../../core/difference";
import { EMPTY_GRAPH, graphAt } from "../../core/document";
import type { Project } from "../../core/types";
import type { Comparison } from "../../versions";
import { type CanvasEdge, type CanvasNode, ScenePainter } from "../scene";
import { useKinds, usePart } from "../use";

/** Before the id of a ghost; ids hold no spaces, so that no node can be called like one. */
export const GHOST = "ghost ";

export interface Painted {
  readonly nodes: CanvasNode[];
  readonly edges: CanvasEdge[];
}

export function useDifference({ older, newer }: Comparison): Difference {
  const present = usePart((view) => view.history.present);
  return useMemo(() => findDifference(older, newer ?? present), [older, newer, present]);
}

const NOTHING: ReadonlySet<string> = new Set();

/** What is painted, with the marks of the comparison that is shown, if any. */
export function useMarks(painted: Painted): Painted {
  const comparison = usePart((view) => view.versioning.comparison);
  const present = usePart((view) => view.history.present);
  const path = usePart((view) => view.path);
  const kinds = useKinds();
  const difference = useMemo(
    () => comparison && findDifference(comparison.older, comparison.newer ?? present).graphs.get(path),
    [comparison, present, path],
  );
  const ghosts = useMemo(
    () => (comparison && difference ? paintGhosts(comparison.older, path, difference, kinds) : undefined),
    [comparison, difference, path, kinds],
  );
  const isFixed = usePart((_, editor) => editor.fixed !== undefined);
  return useMemo(() => {
    if (!difference || !ghosts) return isFixed ? { nodes: painted.nodes.map(fix), edges: painted.edges } : painted;
    const nodes = painted.nodes.map((node) => markNode(node, difference)).map((node) => (isFixed ? fix(node) : node));
    const beside = stepAside(ghosts.nodes, nodes);
    return {
      nodes: [...beside, ...nodes],
      edges: [
        ...joinGhosts(ghosts.edges, [...beside, ...nodes]),
        ...painted.edges.map((edge) => markEdge(edge, difference)),
      ],
    };
  }, [painted.nodes, painted.edges, difference, ghosts, isFixed]);
}

const ASIDE = 24;

/** A ghost stands where its node stood, or below what stands there now. */
function stepAside(ghosts: readonly CanvasNode[], nodes: readonly CanvasNode[]): CanvasNode[] {
  const taken = nodes.map(boxOf);
  return ghosts.map((ghost) => {
    const box = boxOf(ghost);
    for (let hit = taken.find((one) => overlaps(one, box)); hit; hit = taken.find((one) => overlaps(one, box)))
      box.y = hit.y + hit.height + ASIDE;
    taken.push(box);
    return { ...ghost, position: { x: box.x, y: box.y } };
  });
}

const boxOf = ({ position, width = 0, height = 0 }: CanvasNode) => ({ ...position, width, height });
type Box = ReturnType<typeof boxOf>;

const overlaps = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const fix = (node: CanvasNode): CanvasNode => ({ ...node, draggable: false, connectable: false });

function markNode(node: CanvasNode, { added, changed }: GraphDifference): CanvasNode {
  if (added.has(node.id)) return { ...node, className: "mark-added" };
  return changed.has(node.id) ? { ...node, className: "mark-changed" } : node;
}

function markEdge(edge: CanvasEdge, { addedEdges }: GraphDifference): CanvasEdge {
  return addedEdges.has(edge.id) ? signEdge(edge, "mark-added", "+") : edge;
}

function signEdge(edge: CanvasEdge, className: string, sign: string): CanvasEdge {
  if (!edge.data) return edge;
  const data = { ...edge.data, label: `${sign} ${edge.data.label}`.trim(), isRepeat: false };
  return { ...edge, className, data };
}

type Kinds = Parameters<ScenePainter["paintNodes"]>[0]["kinds"];

function paintGhosts(older: Project, path: string, difference: GraphDifference, kinds: Kinds): Painted {
  const graph = graphAt(older, path) ?? EMPTY_GRAPH;
  const painter = new ScenePainter();
  const inputs = { path, kinds, analysis: undefined, selection: NOTHING, edges: NOTHING };
  const gone = new Set(difference.removed.map((node) => node.id));
  const drawn = painter.paintNodes({ ...inputs, graph });
  const nodes = drawn
    .filter((node) => gone.has(node.id))
    .map((node): CanvasNode => ({
      ...node,
      ...STILL,
      id: GHOST + node.id,
      className: "mark-removed",
      connectable: false,
      draggable: false,
      zIndex: -1,
    }));
  const links = painter.paintEdges({ ...inputs, graph: { ...graph, edges: difference.removedEdges } });
  const end = (id: string) => (gone.has(id) ? GHOST + id : id);
  const edges = links.map((edge): CanvasEdge => ({
    ...signEdge(edge, "mark-removed", "−"),
    ...STILL,
    id: GHOST + edge.id,
    source: end(edge.source),
    target: end(edge.target),
    reconnectable: false,
  }));
  return { nodes, edges };
}

const STILL = { selectable: false, focusable: false, deletable: false } as const;

/** A ghost's link may name a port or a node that is no more: it then starts at the first port, or is not drawn. */
function joinGhosts(edges: readonly CanvasEdge[], nodes: readonly CanvasNode[]): CanvasEdge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const holds = (id: string, handle: string | null | undefined) =>
    byId.get(id)?.handles?.some((one) => one.id === handle) ? (handle ?? null) : null;
  return edges
    .filter((edge) => byId.has(edge.source) && byId.has(edge.target))
    .map((edge) => ({
      ...edge,
      sourceHandle: holds(edge.source, edge.sourceHandle),
      targetHandle: holds(edge.target, edge.targetHandle),
    }));
}
