import { expect, it } from "vitest";
import { type Diagnosis, listOpen, tellSince } from "./diagnoses";

function make(key: string, severity: Diagnosis["finding"]["severity"], first: number, isOpen = true): Diagnosis {
  const finding = { code: key, severity, message: "", node: null, repairs: [] };
  return { key, first_step: first, last_step: first, is_open: isOpen, finding };
}

it("lists what is still so, the gravest first and then the earliest", () => {
  const known = [make("a", "advice", 1), make("b", "warning", 9), make("c", "warning", 3), make("d", "error", 20), make("e", "error", 1, false)];
  expect(listOpen(known).map((entry) => entry.key)).toEqual(["d", "c", "b", "a"]);
});

it("says since when", () => {
  expect(tellSince(make("a", "error", 1200))).toBe("step 1,200");
  expect(tellSince({ ...make("a", "error", 1200), last_step: 3400 })).toBe("since step 1,200, last seen at step 3,400");
});
