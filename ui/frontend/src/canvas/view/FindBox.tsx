/** Finding nodes by name, kind, value or trouble: Enter goes to the next, Shift+Enter to the one before. */

import { useState } from "react";
import { findNodes } from "../core/finding";
import { useDialog } from "./dialogs/useDialog";
import { useEditor } from "./use";

export function FindBox({ close }: { close: () => void }) {
  const editor = useEditor();
  const dialog = useDialog<HTMLSpanElement>(close, false);
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly string[]>([]);
  const [place, setPlace] = useState(0);
  const show = (ids: readonly string[], at: number) => {
    setFound(ids);
    setPlace(at);
    const id = ids[at];
    if (id !== undefined) editor.reveal([id]);
  };
  /** The graph may have changed since, so that every step looks anew. */
  const step = (direction: number) => {
    const ids = findNodes(editor.scene, query);
    const here = ids.indexOf(found[place] ?? "");
    const next = here < 0 ? 0 : (here + direction + ids.length) % ids.length;
    show(ids, next);
  };
  return (
    <span className="find-box" {...dialog}>
      <input
        type="search"
        placeholder="Name, kind, kernel_size=3, error"
        aria-label="Find a node"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          show(findNodes(editor.scene, event.target.value), 0);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
        }}
      />
      <small role="status">{query.trim() && (found.length > 0 ? `${place + 1} of ${found.length}` : "none")}</small>
    </span>
  );
}
