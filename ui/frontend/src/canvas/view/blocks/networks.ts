/** What is done with a whole network: it is trained in place of another one, or removed. */

import { listMentions } from "../../core/blocks/mentions";
import { calledNetworks, refuseTraining, trainEdits } from "../../core/blocks/training";
import { NETWORKS, TRAINING } from "../../core/types";
import type { Editor } from "../../editor";
import type { Command } from "../commands/command";

const openNetwork = ({ view }: Editor): string => view.path.slice(NETWORKS.length);

const refuse = (editor: Editor) => refuseTraining(editor.project, editor.view.path, openNetwork(editor));

function trainThis(editor: Editor): void {
  const [to, [from = ""]] = [openNetwork(editor), calledNetworks(editor.project)];
  if (!editor.apply(trainEdits(editor.project, from, to), `train ${to}`)) return;
  editor.tell(`Training calls ${to} now, in place of ${from}. What does not fit stands among the findings.`);
}

function refuseRemoval({ view, project }: Editor): string | undefined {
  if (view.path === TRAINING) return "The training graph stays. Open a network to remove that.";
  return Object.keys(project.networks).length > 1 ? undefined : "A project has at least one network.";
}

/** Remove the open network; where others use it only after that was said. */
function askToRemove(editor: Editor): void {
  const name = openNetwork(editor);
  if (listMentions(editor.project, name).length > 0) editor.update({ dialog: "remove-network" });
  else removeNetwork(editor, name);
}

export function removeNetwork(editor: Editor, name: string): void {
  if (editor.apply([{ op: "remove_graph", name }], `remove ${name}`))
    editor.tell(`${name} is removed. Undo brings it back.`);
}

export const OF_NETWORKS: readonly Command[] = [
  {
    id: "train-this",
    title: "Train this one",
    group: "Project",
    changes: true,
    isOff: refuse,
    run: ({ editor }) => trainThis(editor),
  },
  {
    id: "remove-network",
    title: "Remove this network",
    group: "Project",
    changes: true,
    isOff: refuseRemoval,
    run: ({ editor }) => askToRemove(editor),
  },
];
