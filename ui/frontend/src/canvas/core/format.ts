/** Numbers and parameters, short for people. */

import type { Json, Kind, NodeFacts, Params } from "./types";

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

export function formatValue(value: Json | undefined): string {
  if (value === undefined || value === null) return "none";
  if (Array.isArray(value)) {
    const same = value.length > 1 && value.every((item) => item === value[0]);
    return same && value.length <= 3 && typeof value[0] === "number"
      ? `${value[0]}×${value[0]}${value.length === 3 ? `×${value[0]}` : ""}`
      : value.map(formatValue).join("×");
  }
  if (typeof value === "object") return "…";
  return String(value);
}

/** The two or three parameters that tell a node from its siblings, as short text. */
export function shownParams(kind: Kind | undefined, params: Params, facts: NodeFacts | undefined): [string, string][] {
  const properties = kind?.schema.properties ?? {};
  return (kind?.shown ?? []).slice(0, 3).flatMap((name): [string, string][] => {
    const value = facts?.params?.[name] ?? params[name] ?? properties[name]?.default;
    const isPlain = params[name] === undefined && ["stride", "padding", "dilation", "groups"].includes(name);
    return value === undefined || value === null || isPlain ? [] : [[name, formatValue(value)]];
  });
}
