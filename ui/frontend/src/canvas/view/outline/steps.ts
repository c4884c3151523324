/** Where a key leads in a tree, as the pattern for trees of the WAI-ARIA practices says. */

import type { Row } from "../../core/outline";

export interface TreeStep {
  readonly to: number;
  /** What is inside the row is shown or hidden instead. */
  readonly toggles?: boolean;
}

export function stepThrough(key: string, rows: readonly Row[], here: number): TreeStep | undefined {
  const row = rows[here];
  if (!row) return undefined;
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(here + 1, rows.length - 1) };
    case "ArrowUp":
      return { to: Math.max(here - 1, 0) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: rows.length - 1 };
    case "ArrowRight":
      return row.isOpen === false ? { to: here, toggles: true } : { to: row.isOpen ? here + 1 : here };
    case "ArrowLeft":
      return row.isOpen ? { to: here, toggles: true } : { to: findParent(rows, here) };
    default:
      return undefined;
  }
}

function findParent(rows: readonly Row[], here: number): number {
  const level = rows[here]?.level ?? 1;
  for (let place = here; place >= 0; place -= 1) if ((rows[place]?.level ?? 1) < level) return place;
  return here;
}
