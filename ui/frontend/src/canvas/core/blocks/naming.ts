/** What a block that is made of a selection is called until somebody says otherwise. */

import { annotationsWithin, readKey } from "../annotations";
import type { Graph, GraphNode } from "../types";

/** After its frame, if one holds the nodes; after a skip connection; else after the layer that does most of the work. */
export function suggestBlockName(graph: Graph, chosen: ReadonlySet<string>, learns: (id: string) => number): string {
  const framed = [...annotationsWithin(graph, chosen)].map(readKey).find(({ sort }) => sort === "frame");
  const title = framed && toName(graph.frames[framed.place]?.title ?? "");
  if (title) return title;
  const nodes = graph.nodes.filter((node) => chosen.has(node.id));
  const has = (kind: string) => nodes.some((node) => node.kind === kind);
  if (has("Add") && nodes.length > 2) return "residual";
  const [most] = nodes.toSorted((a, b) => learns(b.id) - learns(a.id));
  return most && learns(most.id) > 0 ? `${stem(most)}_block` : "block";
}

const toName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "")
    .slice(0, 40);

/** `Conv2d` is a conv, `MultiheadAttention` stays what it is. */
const stem = ({ kind }: GraphNode): string => kind.replace(/\d+d$/, "").toLowerCase();
