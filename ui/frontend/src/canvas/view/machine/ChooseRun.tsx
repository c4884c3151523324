/** Which of several runs is looked into. */

import { Chooser } from "../choice/Chooser";
import { useEditor } from "../use";
import { lookInto } from "./doing";
import { describeRun } from "./runs";
import { useFilms } from "./use";

export function ChooseRun({ close }: { close: () => void }) {
  const editor = useEditor();
  const runs = useFilms((filming) => filming.runs);
  const items = runs
    .filter((run) => run.step)
    .map((run) => ({ key: run.id, title: describeRun(run), note: `${(run.step ?? 0).toLocaleString("en")} steps` }));
  return (
    <Chooser
      title="Look into a run"
      hint="Which run?"
      items={items}
      empty="No run of this project has anything to show yet."
      choose={(run) => {
        close();
        void lookInto(editor, run);
      }}
      close={close}
    />
  );
}
