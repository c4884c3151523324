/** Which checkpoints there are to choose from, and which one a choice means at this moment. */

export interface Checkpoint {
  name: string;
  step: number;
  is_best: boolean;
  is_last: boolean;
}

export const BEST = "";
export const NEWEST = "newest";

/** The choices with their words: those that follow the run first, then the checkpoints, the newest first. */
export function listChoices(checkpoints: readonly Checkpoint[], keepsBest: boolean): [string, string][] {
  const following: [string, string][] = keepsBest ? [[BEST, "best so far"], [NEWEST, "newest"]] : [[NEWEST, "newest"]];
  return [...following, ...[...checkpoints].reverse().map((entry): [string, string] => [entry.name, nameStep(entry)])];
}

function nameStep(entry: Checkpoint): string {
  return `step ${entry.step.toLocaleString("en")}${entry.is_best ? " (best)" : ""}`;
}

/** Whether a choice moves on while the run goes on. */
export const isFollowing = (choice: string): boolean => choice === BEST || choice === NEWEST;

/** The name of the checkpoint to ask; empty for the best weights. */
export function resolveChoice(choice: string, checkpoints: readonly Checkpoint[]): string {
  return choice === NEWEST ? (checkpoints.find((entry) => entry.is_last)?.name ?? BEST) : choice;
}
