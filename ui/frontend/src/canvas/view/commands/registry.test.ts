import { describe, expect, it } from "vitest";
import { fillProject } from "../../core/document";
import { Editor } from "../../editor";
import { COMMANDS, chordOf, findByChord, findCommand, refuseCommand } from "./registry";

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

  it("that change the document are off while a kept version is shown, and say why; the others are not", () => {
    const editor = new Editor("p", { network: [], training: [] });
    editor.apply([{ op: "set", path: "name", value: "first" }], "name it");
    const why = (id: string) => refuseCommand(findCommand(id)!, editor);
    expect(why("undo")).toBeUndefined();
    const version = { id: "v", name: "v", automatic: false, at: 0 };
    const comparison = { from: version, to: version, older: fillProject({}), newer: fillProject({}) };
    editor.update({ versioning: { ...editor.view.versioning, comparison } });
    for (const id of ["undo", "redo", "add", "layout", "note", "collapse", "import"])
      expect(why(id)).toContain("Leave the comparison");
    for (const id of ["fit", "find", "commands", "leave-comparison", "select-all"]) expect(why(id)).toBeUndefined();
    editor.update({ versioning: { ...editor.view.versioning, comparison: { ...comparison, newer: undefined } } });
    expect(why("undo")).toBeUndefined();
  });

  it("show the properties where the versions stood, and hide them the next time", () => {
    const editor = new Editor("p", { network: [], training: [] });
    editor.update({ versioning: { ...editor.view.versioning, isOpen: true } });
    const press = () => findCommand("panel-inspector")!.run({ editor } as never);
    press();
    expect([editor.view.versioning.isOpen, editor.view.panels.inspector]).toEqual([false, true]);
    press();
    expect(editor.view.panels.inspector).toBe(false);
  });
});
