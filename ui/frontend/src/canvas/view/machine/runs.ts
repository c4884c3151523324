/** Runs as lines of a list. */

import type { RunRow } from "../../films";

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
const DAY = { day: "numeric", month: "short" } as const;

/** When it was made comes first: the runs of a project mostly bear the same name, and a list shows the beginning of a line. */
export function describeRun({ name, status, created }: RunRow, now = new Date()): string {
  return [created ? tellMoment(new Date(created), now) : "", name, status].filter(Boolean).join(", ");
}

/** `14:51:33` of today, else `21 Nov 14:51:33`; nothing where it is no time. */
function tellMoment(at: Date, now: Date): string {
  if (Number.isNaN(at.getTime())) return "";
  const clock = at.toLocaleTimeString("en-GB", CLOCK);
  return at.toDateString() === now.toDateString() ? clock : `${at.toLocaleDateString("en-GB", DAY)} ${clock}`;
}
