import { describe, expect, it } from "vitest";
import { COMMANDS, chordOf, findByChord } from "./registry";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) =>
  chordOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe("commands", () => {
  it("have names and keys of their own", () => {
    const keys = COMMANDS.flatMap((command) => command.keys ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(COMMANDS.map((command) => command.id)).size).toBe(COMMANDS.length);
    expect(new Set(COMMANDS.map((command) => command.title)).size).toBe(COMMANDS.length);
  });

  it("are found by what is pressed", () => {
    expect(findByChord(press("z", { ctrlKey: true }))?.id).toBe("undo");
    expect(findByChord(press("z", { metaKey: true }))?.id).toBe("undo");
    expect(findByChord(press("Z", { ctrlKey: true, shiftKey: true }))?.id).toBe("redo");
    expect(findByChord(press("?", { shiftKey: true }))?.id).toBe("keys");
    expect(findByChord(press("+", { shiftKey: true }))?.id).toBe("zoom-in");
    expect(findByChord(press("ArrowUp", { shiftKey: true }))?.id).toBe("nudge-far-up");
    expect(findByChord(press("F", { shiftKey: true }))?.id).toBe("fit-selection");
    expect(findByChord(press("q"))).toBeUndefined();
  });
});
