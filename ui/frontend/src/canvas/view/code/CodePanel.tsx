/** `model.py` beside the graph. The lines of what is selected are marked, and a click on a line selects what it is of. */

import { memo, useEffect, useMemo, useRef, useState } from "react";
import { type Code, docstringLines, linesOf, nodeAt, splitLine } from "../../core/code";
import { fetchCode } from "../../code";
import { Icon } from "../icons";
import { useEditor, usePart } from "../use";

type State = { readonly code?: Code; readonly fault?: string };

const DELAY = 150;

export function CodePanel() {
  const editor = useEditor();
  const { code, fault } = useCode();
  return (
    <aside className="panel code-panel" aria-label="Code">
      <header>
        <h2>model.py</h2>
        <span className="spacer" />
        <button type="button" className="plain" onClick={() => editor.update({ dialog: "import" })}>
          Import…
        </button>
        <button
          type="button"
          className="plain"
          disabled={!code}
          onClick={() => {
            void navigator.clipboard.writeText(code?.source ?? "").then(() => editor.tell("The code is copied."));
          }}
        >
          Copy
        </button>
        <button
          type="button"
          className="tool"
          aria-label="Close the code"
          title="Close (P)"
          onClick={() => editor.update({ coding: false })}
        >
          <Icon name="close" size={14} />
        </button>
      </header>
      {fault ? (
        <p className="field-note fault" role="alert">
          {fault}
        </p>
      ) : null}
      {code ? <Source code={code} isOld={fault !== undefined} /> : null}
    </aside>
  );
}

/** The code of the document as it is, a moment after each change; while there is none, the last one stays. */
function useCode(): State {
  const project = usePart((view) => view.history.present);
  const path = usePart((view) => view.path);
  const [state, setState] = useState<State>({});
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const next = await fetchCode(project, path).then(
        (code): State => ({ code }),
        (error: Error): State => ({ fault: error.message }),
      );
      if (isCurrent) setState((before) => (next.code ? next : { ...before, ...next }));
    }, DELAY);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [project, path]);
  return state;
}

function Source({ code, isOld }: { code: Code; isOld: boolean }) {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const selection = usePart((view) => view.selection);
  const lines = useMemo(() => code.source.replace(/\n$/, "").split("\n"), [code]);
  const quoted = useMemo(() => docstringLines(lines), [lines]);
  const marked = useMemo(() => linesOf(code, path, selection), [code, path, selection]);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    body.current?.querySelector(".is-marked")?.scrollIntoView({ block: "nearest" });
  }, [marked]);
  const choose = (line: number) => {
    const node = nodeAt(code, line, path);
    if (node) editor.reveal([node.id], node.path);
  };
  return (
    <div className={`source-code ${isOld ? "is-old" : ""}`} ref={body} tabIndex={0} role="region" aria-label="Source">
      {lines.map((line, place) => (
        <Line
          key={`${place} ${line}`}
          number={place + 1}
          text={line}
          isQuoted={quoted.has(place + 1)}
          isMarked={marked.has(place + 1)}
          choose={choose}
        />
      ))}
    </div>
  );
}

interface LineProps {
  readonly number: number;
  readonly text: string;
  readonly isQuoted: boolean;
  readonly isMarked: boolean;
  readonly choose: (line: number) => void;
}

const Line = memo(
  function Line({ number, text, isQuoted, isMarked, choose }: LineProps) {
    const words = isQuoted ? ([["text", text]] as const) : splitLine(text);
    return (
      <div
        className={["source-line", isMarked && "is-marked", isQuoted && "is-quoted"].filter(Boolean).join(" ")}
        style={isQuoted ? ({ "--indent": text.search(/\S|$/) } as React.CSSProperties) : undefined}
        data-line={number}
        onClick={() => choose(number)}
      >
        <i aria-hidden="true">{number}</i>
        <code>
          {words.map(([kind, word], place) => (
            <span key={place} className={`is-${kind}`}>
              {word}
            </span>
          ))}
        </code>
      </div>
    );
  },
  (a, b) =>
    a.text === b.text &&
    a.number === b.number &&
    a.isMarked === b.isMarked &&
    a.isQuoted === b.isQuoted &&
    a.choose === b.choose,
);
