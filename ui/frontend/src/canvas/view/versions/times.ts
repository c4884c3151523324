/** How long ago something was, as people say it. */

const STEPS: readonly (readonly [number, number, string])[] = [
  [90, 60, "min"],
  [36 * 60, 60 * 60, "h"],
  [Number.POSITIVE_INFINITY, 24 * 60 * 60, "d"],
];

/** `just now`, `5 min ago`, `3 h ago`, `12 d ago`. */
export function tellTime(at: number, now = Date.now() / 1000): string {
  const seconds = Math.max(0, now - at);
  if (seconds < 45) return "just now";
  const [, size = 1, unit = ""] = STEPS.find(([minutes]) => seconds < minutes * 60) ?? [];
  return `${Math.max(1, Math.round(seconds / size))} ${unit} ago`;
}
