/** The lines of one figure: a line for each run, or the mean of those that differ only in their seed with its interval. */

import { along, type Axis, findLost, smooth } from "../livechart/series";
import type { Split, Trace } from "../livechart/types";
import type { State } from "./state";
import type { Band, Group, Run } from "./types";

export interface Sight {
  axis: Axis;
  smoothing: number;
  split: Split;
  /** Whether seeds are drawn as one. */
  isGrouped: boolean;
  hidden: ReadonlySet<string>;
  /** What stands out; the others fade. */
  lit: string;
}

const FADED = 0.16;

/** What has a line of its own: groups first where seeds are together, then the other runs. */
export function listDrawn(state: State, isGrouped: boolean): (Run | Group)[] {
  const { runs, groups } = state.view;
  if (!isGrouped) return runs;
  const grouped = new Set(groups.flatMap((group) => group.runs));
  return [...groups, ...runs.filter(({ id }) => !grouped.has(id))];
}

export const isGroup = (one: Run | Group): one is Group => "runs" in one;

/** The traces of all that is drawn, always as many, so that zoom and what is hidden stay. */
export function drawLines(state: State, name: string, sight: Sight): Trace[] {
  return listDrawn(state, sight.isGrouped).flatMap((one) => {
    const isHidden = sight.hidden.has(one.id);
    const look = { visible: !isHidden, opacity: sight.lit && sight.lit !== one.id ? FADED : 1 };
    return isGroup(one)
      ? drawBand(one, isHidden ? undefined : state.band(one.id, sight.split, name), look, sight)
      : [drawRun(one, state, name, look, sight)];
  });
}

function drawRun(run: Run, state: State, name: string, look: object, sight: Sight): Trace {
  const series = state.series(run.id, sight.split).get(name, sight.split);
  const lost = findLost(series.values);
  const end = lost < 0 ? series.values.length : lost;
  const y = smooth(series.values, sight.smoothing).slice(0, end);
  return { ...run.line, ...look, x: along(series, sight.axis).slice(0, end), y };
}

function drawBand(group: Group, band: Band | undefined, look: object, sight: Sight): Trace[] {
  const [lower, upper, mean] = group.traces;
  const { means = [], halves = [] } = band ?? {};
  const x = band ? along({ ...band, values: means }, sight.axis) : [];
  const end = (sign: number) => means.map((one, place) => (one === null ? null : one + sign * (halves[place] ?? 0)));
  return [
    { ...lower!, ...look, x, y: end(-1) },
    { ...upper!, ...look, x, y: end(1) },
    { ...mean!, ...look, x, y: smooth(means, sight.smoothing), customdata: halves },
  ];
}
