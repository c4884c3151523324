/** What a person does with versions. What fails is told in a sentence. */

import type { Project } from "../../core/types";
import type { Editor } from "../../editor";
import type { Context } from "../commands/command";
import { type Version, VersionStore, type Versioning } from "../../versions";

const storeOf = (editor: Editor) => new VersionStore(editor.view.project);

export function setVersioning(editor: Editor, part: Partial<Versioning>): void {
  editor.update({ versioning: { ...editor.view.versioning, ...part } });
}

async function orTell(editor: Editor, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    editor.tell((error as Error).message);
  }
}

export const refresh = (editor: Editor) =>
  orTell(editor, async () => setVersioning(editor, { list: await storeOf(editor).list() }));

/** Show the versions and go there; hidden, the focus goes back to the canvas. */
export function toggleVersions({ editor, focus }: Pick<Context, "editor" | "focus">): void {
  const isOpen = !editor.view.versioning.isOpen;
  setVersioning(editor, { isOpen });
  requestAnimationFrame(() => focus(isOpen ? ".versions button" : "[data-canvas]"));
}

export const keepVersion = (editor: Editor, name: string) =>
  orTell(editor, async () => {
    await storeOf(editor).keep(name, editor.project, editor.view.sync.revision);
    editor.tell(`Kept as “${name}”.`);
    await refresh(editor);
  });

/** Show on the canvas what differs between a version and another one, or what is being edited now. */
export const compare = (editor: Editor, from: Version, to?: Version) =>
  orTell(editor, async () => {
    const store = storeOf(editor);
    const [older, newer] = await Promise.all([store.open(from.id), to ? store.open(to.id) : undefined]);
    setVersioning(editor, { comparison: { from, to, older, newer }, isOpen: true });
    editor.select([]);
    editor.takeFocus();
  });

export function leaveComparison(editor: Editor): void {
  setVersioning(editor, { comparison: undefined });
  editor.update({ notice: undefined, linking: undefined });
  editor.takeFocus();
}

/** Make a version the project again, as one step that can be undone. What was there before is kept by itself. */
export const goBackTo = (editor: Editor, version: Version) =>
  orTell(editor, async () => {
    const store = storeOf(editor);
    const before: Project = editor.project;
    const document = await store.open(version.id);
    await store.keep(`Before going back to “${version.name}”`, before, editor.view.sync.revision, true);
    leaveComparison(editor);
    if (!editor.replaceProject(document, `go back to “${version.name}”`))
      editor.tell(`“${version.name}” is what is here already.`);
    await refresh(editor);
  });

export const discard = (editor: Editor, version: Version) =>
  orTell(editor, async () => {
    await storeOf(editor).discard(version.id);
    const { comparison } = editor.view.versioning;
    if ([comparison?.from.id, comparison?.to?.id].includes(version.id)) leaveComparison(editor);
    await refresh(editor);
  });

export const recall = (editor: Editor, version: Version) =>
  orTell(editor, async () => {
    await storeOf(editor).recall(version.id);
    await refresh(editor);
  });
