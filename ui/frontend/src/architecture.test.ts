import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";

const SOURCE = import.meta.dirname;
const ENDINGS = [".ts", ".tsx", "/index.ts", "/index.tsx"];

/** The files of the front end, and which others each imports, types included. */
function readImports(): Map<string, string[]> {
  const files = globSync("**/*.{ts,tsx}", { cwd: SOURCE }).filter((file) => !file.includes(".test."));
  return new Map(
    files.map((file) => {
      const named = [...readFileSync(join(SOURCE, file), "utf8").matchAll(/from "(\.[^"]+)"/g)];
      const places = named.map((match) => normalize(join(dirname(file), match[1] ?? "")));
      return [file, places.flatMap((place) => ENDINGS.map((end) => place + end).filter((one) => existsSync(join(SOURCE, one))))];
    }),
  );
}

/** What is left when files that import none of the others are taken away again and again: circles, and what leads there. */
function findCircles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Map(imports);
  for (let isDone = false; !isDone; ) {
    const free = [...left].filter(([, others]) => !others.some((other) => left.has(other)));
    for (const [file] of free) left.delete(file);
    isDone = free.length === 0;
  }
  return [...left.keys()];
}

it("no files of the front end import each other in a circle", () => {
  const imports = readImports();
  expect(imports.size).toBeGreaterThan(100);
  expect(findCircles(imports)).toEqual([]);
  expect(findCircles(new Map([...imports, ["a", ["b"]], ["b", ["a"]]]))).toEqual(["a", "b"]);
});
