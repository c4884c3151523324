/** The columns of numbers that came of runs: the best and the last of a curve, and who is ahead in each. */

import type { Split } from "../livechart/types";
import { formatValue } from "../livechart/words";
import { isGroup } from "./lines";
import type { State } from "./state";
import { findMean, findOutcome, findWinners, type Key } from "./summary";
import type { Group, Panel, Run } from "./types";

export interface Cell {
  text: string;
  key: Key;
  title?: string;
  isBest?: boolean;
}

export interface Column {
  id: string;
  name: string;
  title: string;
  isNumber: boolean;
  cells: Cell[];
}

export const runsOf = (one: Run | Group): string[] => (isGroup(one) ? one.runs : [one.id]);

/** A curve of each row; of one that rivals pull at there is no best, so that only the last is told and nobody is ahead. */
export function listOutcomes(state: State, rows: readonly (Run | Group)[], { name, title, goal }: Panel, split: Split): Column[] {
  const found = rows.map((one) =>
    runsOf(one).map((run) => findOutcome(state.series(run, split).get(name, split).values, goal)),
  );
  const shown = goal === "none" ? (["last"] as const) : (["best", "last"] as const);
  return shown.map((which) => {
    const means = found.map((all) => findMean(all.map((one) => one[which]), state.view.quantiles));
    const winners = findWinners(means.map((mean) => mean?.mean ?? null), goal);
    const cells = means.map((mean, place): Cell => {
      const isLost = which === "last" && found[place]!.some((one) => one.isLost);
      if (isLost && found[place]!.length === 1) return { text: "no number", key: null };
      if (!mean) return { text: "–", key: null };
      const more = found[place]!.length > 1;
      const half = mean.half === null ? "" : ` ± ${formatValue(mean.half)}`;
      const text = more ? `${formatValue(mean.mean)}${half} (${mean.count})` : formatValue(mean.mean);
      const hint = more ? `mean of ${mean.count} seeds ± half its 95% t-interval` : String(mean.mean);
      return { text, key: mean.mean, title: hint, isBest: winners.has(place) };
    });
    const wish = goal === "min" ? "lowest" : "highest";
    const explained = which === "best" ? `The ${wish} ${title} on ${split}` : `The last ${title} on ${split}`;
    return { id: `${which} ${name}`, name: `${title} ${which}`, title: explained, isNumber: true, cells };
  });
}
