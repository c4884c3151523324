/** Numbers and parameters, short for people. */

const UNITS: readonly [number, string][] = [
  [1e12, " T"],
  [1e9, " G"],
  [1e6, " M"],
  [1e4, " k"],
];

/** 1234567 is 1.2 M; numbers below ten thousand stay as they are. */
export function formatCount(count: number): string {
  for (const [size, unit] of UNITS) {
    if (count >= size) {
      const divisor = unit === " k" ? 1e3 : size;
      const scaled = count / divisor;
      return (scaled >= 100 ? scaled.toFixed(0) : scaled.toFixed(1).replace(/\.0$/, "")) + unit;
    }
  }
  return String(count);
}

export function formatExact(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** So many of something, as "1 parameter" or "2 parameters"; exactly, or short. */
export function countThings(count: number, thing: string, isShort = false): string {
  return `${isShort ? formatCount(count) : formatExact(count)} ${thing}${count === 1 ? "" : "s"}`;
}
