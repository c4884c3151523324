/** How views read the editor. */

import { createContext, useContext, useMemo, useSyncExternalStore } from "react";
import type { Kind } from "../core/types";
import { kindsOf } from "../core/ports";
import type { Editor } from "../editor";
import type { View } from "../state";

export const EditorContext = createContext<Editor | undefined>(undefined);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("A view of the canvas stands outside the editor.");
  return editor;
}

/** Read one part of the state; the view is drawn again only when that part is another. */
export function usePart<T>(read: (view: View, editor: Editor) => T): T {
  const editor = useEditor();
  return useSyncExternalStore(editor.subscribe, () => read(editor.view, editor));
}

export function useKinds(): ReadonlyMap<string, Kind> {
  const catalogue = usePart((view) => view.catalogue);
  const isTraining = usePart((view) => view.path === "training");
  return useMemo(
    () => new Map(kindsOf(catalogue, isTraining ? "training" : "networks").map((kind) => [kind.kind, kind])),
    [catalogue, isTraining],
  );
}
