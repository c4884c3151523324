/** Tells a screen reader what is selected, what happened, and what there is to mend. */

import { useEffect, useRef, useState } from "react";
import type { Analysis } from "../core/types";
import { tellPicked } from "../core/tellingPicked";
import { tellFindings, tellStep } from "../core/telling";
import type { Editor } from "../editor";
import type { View } from "../state";
import { useEditor, usePart } from "./use";

export function Announcer() {
  return (
    <>
      <Selection />
      <Happenings />
    </>
  );
}

function Selection() {
  const text = usePart(describeSelection);
  return (
    <div className="unseen" aria-live="polite" data-tells="selection">
      {text}
    </div>
  );
}

function describeSelection(view: View, editor: Editor): string {
  return tellPicked(editor.graph, editor.shown?.graphs[view.path], view);
}

interface Told {
  readonly text: string;
  readonly turn: number;
}

/** What follows quickly must not take the place of what is still being read. */
const KEPT = 3;

/** Steps, undo and redo as they happen; findings when an edit changed how many there are. */
function Happenings() {
  const editor = useEditor();
  const [told, setTold] = useState<readonly Told[]>([]);
  const history = useRef(editor.view.history);
  const findings = useRef(tellIfKnown(editor.view.analysis));
  useEffect(() => {
    const tell = (text: string) =>
      setTold((before) => [...before.slice(1 - KEPT), { text, turn: (before.at(-1)?.turn ?? 0) + 1 }]);
    return editor.subscribe(() => {
      const { view } = editor;
      const step = tellStep(history.current, view.history);
      history.current = view.history;
      if (step) tell(step);
      const count = tellIfKnown(view.analysis);
      if (count === findings.current) return;
      if (findings.current !== undefined && view.history.past.length + view.history.future.length > 0)
        tell(count ?? "");
      findings.current = count;
    });
  }, [editor]);
  return (
    <div className="unseen" aria-live="polite" data-tells="happenings">
      {told.map(({ text, turn }) => (
        <p key={turn}>{text}</p>
      ))}
    </div>
  );
}

const tellIfKnown = (analysis: Analysis | undefined) => (analysis ? tellFindings(analysis) : undefined);
