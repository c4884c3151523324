/** Says what will miss a network before it is removed. */

import { listMentions } from "../../core/blocks/mentions";
import { NETWORKS, TRAINING } from "../../core/types";
import { FormDialog } from "../dialogs/FormDialog";
import { useEditor } from "../use";
import { removeNetwork } from "./networks";

export function RemoveNetwork({ close }: { close: () => void }) {
  const editor = useEditor();
  const name = editor.view.path.slice(NETWORKS.length);
  const mentions = listMentions(editor.project, name);
  const remove = () => {
    close();
    removeNetwork(editor, name);
  };
  return (
    <FormDialog title={`Remove ${name}`} close={close} submit={remove} does="Remove it">
      <p className="summary">
        {name} has {editor.graph.nodes.length} nodes. These use it, and stay without it:
      </p>
      <ul className="remarks">
        {mentions.map(({ graph, node }) => (
          <li key={`${graph} ${node.id}`}>
            {node.id} <small>{graph === TRAINING ? "in training" : `in ${graph.slice(NETWORKS.length)}`}</small>
          </li>
        ))}
      </ul>
      <p className="summary">Undo brings it back.</p>
    </FormDialog>
  );
}
