/** What the run's doctor found, as the news bring it. */

export interface Repair {
  title: string;
}

export interface Diagnosis {
  key: string;
  first_step: number;
  last_step: number;
  is_open: boolean;
  finding: { code: string; severity: "error" | "warning" | "advice"; message: string; node: string | null; repairs: Repair[] };
}

const ORDER = ["error", "warning", "advice"];

/** What is still so: the gravest first, then what was seen first. */
export function listOpen(known: Iterable<Diagnosis>): Diagnosis[] {
  const rank = (entry: Diagnosis): number => ORDER.indexOf(entry.finding.severity);
  return [...known].filter((entry) => entry.is_open).sort((a, b) => rank(a) - rank(b) || a.first_step - b.first_step);
}

/** Since when something is so. */
export function tellSince(entry: Diagnosis): string {
  const [first, last] = [entry.first_step, entry.last_step].map((step) => step.toLocaleString("en"));
  return first === last ? `step ${first}` : `since step ${first}, last seen at step ${last}`;
}
