/** Runs as lines of a list. */

import type { RunRow } from "../../films";
import { tellTime } from "../versions/times";

export function describeRun({ name, status, created }: RunRow): string {
  const when = created ? Date.parse(created) / 1000 : Number.NaN;
  return [name, Number.isNaN(when) ? "" : tellTime(when), status].filter(Boolean).join(", ");
}
