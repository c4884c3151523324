/** The line at the bottom: what is wrong, with its repairs, and what the open graph costs. */

import { useMemo } from "react";
import { countThings } from "../core/format";
import type { Finding, Severity } from "../core/types";
import { Icon } from "./icons";
import { useEditor, usePart } from "./use";

const ORDER: readonly Severity[] = ["error", "warning", "advice"];
const WORDS: Record<Severity, [string, string]> = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  advice: ["hint", "hints"],
};

export function Findings() {
  const editor = useEditor();
  const isOpen = usePart((view) => view.panels.findings);
  const toggle = () => editor.setPanels({ findings: !isOpen });
  const analysis = usePart((view) => view.analysis);
  const findings = useMemo(
    () => [...(analysis?.findings ?? [])].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity)),
    [analysis],
  );
  const [first] = findings;
  return (
    <footer className={`findings ${isOpen && first ? "is-open" : ""}`} aria-label="Findings">
      <div className="findings-line">
        {first ? (
          <button type="button" className="quiet counts" aria-expanded={isOpen} onClick={toggle}>
            <Icon name={isOpen ? "down" : "up"} size={12} />
            <Counts findings={findings} />
          </button>
        ) : (
          <span className="counts fine">
            {analysis ? (
              <>
                <Icon name="check" size={14} /> Nothing to mend
              </>
            ) : (
              "Looking at shapes"
            )}
          </span>
        )}
        {first && !isOpen ? <Line finding={first} /> : <span className="spacer" />}
        <Totals />
      </div>
      {isOpen && first ? (
        <ul>
          {findings.map((finding, place) => (
            <li key={`${finding.code} ${finding.graph} ${finding.node ?? ""} ${place}`}>
              <Line finding={finding} />
            </li>
          ))}
        </ul>
      ) : null}
    </footer>
  );
}

function Counts({ findings }: { findings: readonly Finding[] }) {
  return (
    <>
      {ORDER.map((severity) => {
        const count = findings.filter((finding) => finding.severity === severity).length;
        if (count === 0) return null;
        return (
          <span key={severity} className={`count ${severity}`}>
            <Icon name={severity} size={14} /> {count} {WORDS[severity][count === 1 ? 0 : 1]}
          </span>
        );
      })}
    </>
  );
}

function Line({ finding }: { finding: Finding }) {
  const editor = useEditor();
  const fixed = usePart((_, one) => one.fixed);
  const reveal = () => {
    const use = finding.uses?.[0];
    const trail = use === undefined ? [] : editor.view.analysis?.graphs[finding.graph]?.uses?.[use]?.trail;
    if (finding.node) editor.reveal([finding.node], finding.graph, trail);
    else if (finding.graph) editor.openGraph(finding.graph);
  };
  return (
    <div className="finding" data-code={finding.code}>
      <span className={`severity ${finding.severity}`}>
        <Icon name={finding.severity} size={14} />
      </span>
      <button type="button" className="quiet message" onClick={reveal} title={`${finding.message} (${finding.code})`}>
        {finding.message}
      </button>
      {finding.repairs.map((repair) => (
        <button
          type="button"
          className="repair"
          key={repair.title}
          title={fixed}
          disabled={fixed !== undefined}
          onClick={() => editor.repair(finding, repair.title, repair.edits)}
        >
          {repair.title}
        </button>
      ))}
    </div>
  );
}

function Totals() {
  const facts = usePart((view, editor) => editor.shown?.graphs[view.path]);
  if (!facts?.parameters && !facts?.multiply_adds) return null;
  const [parameters, operations] = [facts.parameters ?? 0, facts.multiply_adds ?? 0];
  return (
    <span
      className="totals"
      title={`${countThings(parameters, "parameter")}, ${countThings(operations, "multiply-add")} for one sample`}
    >
      {[
        parameters && countThings(parameters, "parameter", true),
        operations && countThings(operations, "multiply-add", true),
      ]
        .filter(Boolean)
        .join(" · ")}
    </span>
  );
}
