import { expect, it } from "vitest";
import { PROJECT } from "../core/samples";
import { startHistory } from "../core/history";
import { Editor } from "../editor";
import { sideOf, toggleProperties } from "./side";

function open() {
  const editor = new Editor("p", { network: [], training: [] });
  editor.update({ history: startHistory(PROJECT), path: "networks.model" });
  return editor;
}

const showVersions = (editor: Editor) => editor.update({ versioning: { ...editor.view.versioning, isOpen: true } });

it("a node that is picked shows its properties where the versions stood", () => {
  const editor = open();
  showVersions(editor);
  expect(sideOf(editor.view)).toBe("versions");
  editor.select(["conv1"]);
  expect(sideOf(editor.view)).toBe("properties");
});

it("versions that are opened while a node is picked stay, until that or another one is picked", () => {
  const editor = open();
  editor.select(["conv1"]);
  showVersions(editor);
  editor.select(["conv1"]);
  expect(sideOf(editor.view)).toBe("versions");
  editor.uncover();
  expect(sideOf(editor.view)).toBe("properties");
  showVersions(editor);
  editor.select(["relu1"]);
  expect(sideOf(editor.view)).toBe("properties");
});

it("what differs between versions stays beside the graph while nodes are picked", () => {
  const editor = open();
  const comparison = { older: PROJECT } as never;
  editor.update({ versioning: { ...editor.view.versioning, isOpen: true, comparison } });
  editor.select(["conv1"]);
  expect(sideOf(editor.view)).toBe("versions");
});

it("in a narrow window properties wait for a node, or until they are asked for", () => {
  const editor = open();
  editor.update({ isNarrow: true });
  expect(sideOf(editor.view)).toBeUndefined();
  editor.select(["conv1"]);
  expect(sideOf(editor.view)).toBe("properties");
  editor.select([]);
  toggleProperties(editor);
  expect(sideOf(editor.view)).toBe("properties");
  toggleProperties(editor);
  expect([sideOf(editor.view), editor.view.panels.inspector]).toEqual([undefined, false]);
});
