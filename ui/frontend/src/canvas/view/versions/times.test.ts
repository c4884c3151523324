import { expect, it } from "vitest";
import { tellTime } from "./times";

it.each([
  [0, "just now"],
  [-5, "just now"],
  [44, "just now"],
  [50, "1 min ago"],
  [89 * 60, "89 min ago"],
  [3 * 3600, "3 h ago"],
  [35 * 3600, "35 h ago"],
  [40 * 3600, "2 d ago"],
  [365 * 86400, "365 d ago"],
])("%s seconds are told as %s", (seconds, text) => expect(tellTime(1e9 - seconds, 1e9)).toBe(text));
