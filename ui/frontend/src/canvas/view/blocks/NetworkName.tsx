/** The name of the open network, changed in place. Everything that names it follows. */

import { findFault } from "../../core/ids";
import { NETWORKS } from "../../core/types";
import { useEditor, usePart } from "../use";
import { Cell } from "./ParamsTable";

export function NetworkName({ name }: { name: string }) {
  const editor = useEditor();
  const networks = usePart((view) => view.history.present.networks);
  const refuse = (to: string) =>
    to === name ? undefined : networks[to] ? "There is a network of this name." : findFault(to);
  const rename = (to: string) => {
    const { trail } = editor;
    if (editor.apply([{ op: "rename_graph", name, to }], `rename network ${name}`))
      editor.openGraph(NETWORKS + to, trail);
  };
  return (
    <div className="network-name">
      <Cell label="Name of the network" text={name} commit={rename} refuse={refuse} />
    </div>
  );
}
