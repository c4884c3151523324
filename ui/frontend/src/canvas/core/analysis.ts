/** Shapes and findings as they come down: all of them once, then only what is new. */

import type { Analysis, AnalysisNews, GraphFacts } from "./types";

/** The analysis that `news` makes of `before`. What is not new stays the same object. */
export function joinAnalysis(before: Analysis, news: AnalysisNews): Analysis {
  const { graphs, gone, ...rest } = news;
  const joined = Object.fromEntries(
    Object.entries(graphs).map(([path, part]) => {
      const { gone: lost, nodes, ...facts } = part;
      const known: GraphFacts = before.graphs[path] ?? { nodes: {} };
      return [path, { ...known, ...facts, nodes: without({ ...known.nodes, ...nodes }, lost) }];
    }),
  );
  return { ...before, ...rest, graphs: without({ ...before.graphs, ...joined }, gone) };
}

function without<T>(parts: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  if (names.length === 0) return parts;
  return Object.fromEntries(Object.entries(parts).filter(([name]) => !names.includes(name)));
}
