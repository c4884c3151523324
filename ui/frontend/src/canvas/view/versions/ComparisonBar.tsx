/** The bar over the canvas while something is compared: what with what, how much differs, and the way out. */

import { type Difference, countMarks } from "../../core/difference";
import type { Comparison, Version } from "../../versions";
import { useEditor, usePart } from "../use";
import { compare, goBackTo, leaveComparison } from "./doing";
import { useDifference } from "./marks";
import { tellTime } from "./times";

export function ComparisonBar() {
  const comparison = usePart((view) => view.versioning.comparison);
  return comparison ? <Bar comparison={comparison} /> : null;
}

function Bar({ comparison }: { comparison: Comparison }) {
  const editor = useEditor();
  const list = usePart((view) => view.versioning.list);
  const difference = useDifference(comparison);
  const { from, to } = comparison;
  const named = (id: string) => list.find((version) => version.id === id);
  return (
    <section className="comparison" aria-label="Comparison">
      <label>
        From{" "}
        <select
          value={from.id}
          onChange={(event) => void compare(editor, named(event.target.value) ?? from, comparison.to)}
        >
          <Options list={list} and={[from]} />
        </select>
      </label>
      <label>
        to{" "}
        <select value={to?.id ?? ""} onChange={(event) => void compare(editor, from, named(event.target.value))}>
          <option value="">now</option>
          <Options list={list} and={to ? [to] : []} />
        </select>
      </label>
      <span className="tally" role="status">
        {tally(difference)}
      </span>
      <button type="button" className="repair" onClick={() => void goBackTo(editor, from)}>
        Go back to “{from.name}”
      </button>
      <button type="button" className="primary" title="Escape" onClick={() => leaveComparison(editor)}>
        Leave the comparison
      </button>
    </section>
  );
}

function Options({ list, and }: { list: readonly Version[]; and: readonly Version[] }) {
  const missing = and.filter((version) => !list.some((one) => one.id === version.id));
  return [...missing, ...list].map((version) => (
    <option key={version.id} value={version.id}>
      {version.name}, {tellTime(version.at)}
    </option>
  ));
}

/** `2 added, 1 removed, 3 changed`, over all graphs. */
export function tally({ graphs, values }: Difference): string {
  const all = [...graphs.values()];
  const sum = (count: (graph: (typeof all)[number]) => number) => all.reduce((total, graph) => total + count(graph), 0);
  const parts = [
    [sum((graph) => graph.added.size), "added"],
    [sum((graph) => graph.removed.length), "removed"],
    [sum((graph) => graph.changed.size), "changed"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  if (said.length > 0) return `nodes: ${said.join(", ")}`;
  return sum(countMarks) > 0 || values.length > 0 ? "no nodes differ" : "nothing differs";
}
