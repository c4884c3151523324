/** The networks that only stand inside of others: they have no tabs, and are opened from here or by a double-click. */

import { blockNetworks } from "../../core/blocks/uses";
import { NETWORKS } from "../../core/types";
import { useEditor, usePart } from "../use";

export function BlocksMenu() {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const project = usePart((_, one) => one.drawn);
  const names = blockNetworks(project);
  const open = path.slice(NETWORKS.length);
  if (names.length === 0) return null;
  return (
    <select
      className={names.includes(open) ? "blocks-menu is-open" : "blocks-menu"}
      aria-label="Open a block"
      value={names.includes(open) ? open : ""}
      onChange={(event) => {
        if (event.target.value) editor.openGraph(NETWORKS + event.target.value);
        editor.takeFocus();
      }}
    >
      <option value="" disabled>
        {names.length === 1 ? "1 block" : `${names.length} blocks`}
      </option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
