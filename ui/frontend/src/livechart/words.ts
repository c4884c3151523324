/** Numbers and states in a person's words. */

export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

export function formatCount(count: number): string {
  if (count < 1000) return String(Math.round(count));
  if (count < 10_000) return `${(count / 1000).toFixed(1)} k`;
  if (count < 1_000_000) return `${Math.round(count / 1000)} k`;
  return `${(count / 1_000_000).toFixed(1)} M`;
}

export function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 100_000)) return value.toExponential(2);
  return size >= 100 ? value.toFixed(1) : value.toFixed(size >= 10 ? 2 : 4);
}

/** A part of a whole, always with one decimal, so that what stands together can be compared. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** A part of a whole as people say it. */
export function formatPart(share: number): string {
  return share > 0 && share < 0.01 ? "under 1%" : `${Math.round(share * 100)}%`;
}

const LARGE = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** A large number by its power of a thousand, to three signs: `21.4 G`. */
export function formatLarge(count: number): string {
  const [size, name] = LARGE.find(([size]) => count >= size) ?? [1, ""];
  return `${trim(count / size)} ${name}`.trim();
}

export function formatBytes(count: number): string {
  return count < 1e3 ? `${Math.round(count)} B` : `${formatLarge(count).replace("k", "kB").replace(/[PTGM]/, "$&B")}`;
}

/** Seconds of something that happens again and again: `12.3 ms`. */
export function formatDuration(seconds: number): string {
  if (seconds < 1e-3) return `${trim(seconds * 1e6)} µs`;
  return seconds < 1 ? `${trim(seconds * 1e3)} ms` : `${trim(seconds)} s`;
}

function trim(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toFixed(1)));
}

/** The epoch that a run is in, counted from one: after the last step of an epoch still that one. */
export function countEpoch(epoch: number, epochs: number): number {
  return Math.min(Math.max(1, Math.ceil(epoch - 1e-9)), epochs);
}

const STATES: Record<string, string> = {
  queued: "Waiting",
  running: "Training",
  paused: "Paused",
  stopped: "Stopped",
  finished: "Finished",
  failed: "Failed",
  interrupted: "Interrupted",
};

/** What takes long enough to be told; validating and saving come and go too quickly to be read. */
const LASTING = new Set(["preparing data", "warming up", "testing", "starting"]);

export function nameState(status: string, phase: string): string {
  if ((status === "running" || status === "queued") && LASTING.has(phase)) return phase[0]!.toUpperCase() + phase.slice(1);
  return STATES[status] ?? status;
}
