/** What can be added: the kinds of layers, and blocks. */

import { useEffect, useMemo } from "react";
import { listOffers } from "../../core/blocks/offers";
import { kindsOf } from "../../core/ports";
import { type Kind, TRAINING } from "../../core/types";
import type { Editor } from "../../editor";
import { useEditor, usePart } from "../use";
import { loadLibrary } from "./actions";

/** Everything that can be added to the open graph. */
export function useOffers(): readonly Kind[] {
  const catalogue = usePart((view) => view.catalogue);
  const path = usePart((view) => view.path);
  const project = usePart((view) => view.history.present);
  const library = usePart((view) => view.library);
  const blocks = useMemo(() => listOffers(project, path, library), [project.networks, path, library]);
  return useMemo(() => {
    const kinds = kindsOf(catalogue, path);
    return path === TRAINING ? [...blocks, ...kinds] : [...kinds, ...blocks];
  }, [catalogue, path, blocks]);
}

/** The offer of a name, for what was dragged here. */
export function findOffer(editor: Editor, name: string): Kind | undefined {
  const { catalogue, path, library } = editor.view;
  return [...kindsOf(catalogue, path), ...listOffers(editor.project, path, library)].find((kind) => kind.kind === name);
}

/** Ask once for the blocks of the library. */
export function useLibrary(): void {
  const editor = useEditor();
  useEffect(() => {
    if (!editor.view.library) void loadLibrary(editor);
  }, [editor]);
}
