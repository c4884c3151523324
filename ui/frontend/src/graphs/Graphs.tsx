/** The graphs of two of the compared runs as one drawing: what came, what went and what changed, each with its sign. */

import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import { findDifference } from "../canvas/core/difference";
import { type Catalogue, NETWORKS, type Project, TRAINING } from "../canvas/core/types";
import { Guard } from "../canvas/view/Guard";
import { Flow } from "../canvas/view/Flow";
import { Icon } from "../canvas/view/icons";
import { EditorContext, useEditor, usePart } from "../canvas/view/use";
import { tally } from "../canvas/view/versions/ComparisonBar";
import { DifferenceList } from "../canvas/view/versions/DifferenceList";
import { fetchCatalogue, fetchProject, listGraphs, openPair, type Pair, type Run } from "./opening";

const projects = new Map<string, Promise<Project>>();
let catalogue: Promise<Catalogue> | undefined;

/** A run's project never changes, so it is asked for once; what failed is asked for again. */
function askProject(run: string): Promise<Project> {
  let asked = projects.get(run);
  if (!asked) {
    asked = fetchProject(run);
    projects.set(run, asked);
    asked.catch(() => projects.delete(run));
  }
  return asked;
}

async function askPair(from: Run, to: Run): Promise<{ pair: Pair; kinds: Catalogue }> {
  catalogue ??= fetchCatalogue();
  catalogue.catch(() => (catalogue = undefined));
  const [kinds, older, newer] = await Promise.all([catalogue, askProject(from.id), askProject(to.id)]);
  return { kinds, pair: { from, to, older, newer } };
}

export interface Choosable {
  readonly runs: readonly Run[];
  /** The place of the run that is drawn beside the first. */
  readonly to: number;
}

export function Graphs({ runs, to: second }: Choosable) {
  const [chosen, choose] = useState([runs[0]!, runs[second]!] as const);
  const [from, to] = chosen;
  const [found, setFound] = useState<Awaited<ReturnType<typeof askPair>>>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let isCurrent = true;
    setProblem("");
    askPair(from, to).then(
      (one) => isCurrent && setFound(one),
      (error: Error) => isCurrent && setProblem(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [from, to]);
  const difference = useMemo(() => found && findDifference(found.pair.older, found.pair.newer), [found]);
  const isSame = difference?.graphs.size === 0;
  return (
    <section className="graphs" aria-label="Graphs">
      <header>
        <h3>Graphs</h3>
        <Choice label="From" runs={runs} chosen={from} choose={(run) => choose([run, to])} />
        <button type="button" className="tool" title="Swap the two" aria-label="Swap the two" onClick={() => choose([to, from])}>
          <Icon name="swap" size={14} />
        </button>
        <Choice label="to" runs={runs} chosen={to} choose={(run) => choose([from, run])} />
        <span className="tally" role="status">
          {problem || (difference && (isSame ? "Their graphs are the same." : tally(difference)))}
        </span>
      </header>
      {found && !isSame && !problem ? <Drawing key={`${found.pair.from.id} ${found.pair.to.id}`} {...found} /> : null}
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly runs: readonly Run[];
  readonly chosen: Run;
  readonly choose: (run: Run) => void;
}

function Choice({ label, runs, chosen, choose }: ChoiceProps) {
  return (
    <label>
      {label}{" "}
      <select value={chosen.id} onChange={(event) => choose(runs.find(({ id }) => id === event.target.value) ?? chosen)}>
        {runs.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Drawing({ pair, kinds }: { pair: Pair; kinds: Catalogue }) {
  const [editor] = useState(() => openPair(pair, kinds));
  return (
    <EditorContext value={editor}>
      <Guard>
        <ReactFlowProvider>
          <div className="pair">
            {/* The page scrolls over the drawing; with Ctrl, or by pinching, the drawing is what grows. */}
            <div className="stage" onWheelCapture={(event) => !event.ctrlKey && event.stopPropagation()}>
              <Tabs pair={pair} />
              <div className="canvas">
                <Flow />
              </div>
            </div>
            <Told />
          </div>
        </ReactFlowProvider>
      </Guard>
    </EditorContext>
  );
}

function Tabs({ pair }: { pair: Pair }) {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const differing = useMemo(() => findDifference(pair.older, pair.newer).graphs, [pair]);
  return (
    <div className="tab-list" role="tablist" aria-label="Graphs">
      {listGraphs(pair).map((one) => (
        <button
          type="button"
          role="tab"
          key={one}
          aria-selected={one === path}
          className={one === TRAINING ? "tab training" : "tab"}
          onClick={() => editor.openGraph(one)}
        >
          <Icon name={one === TRAINING ? "loss" : "network"} size={14} />{" "}
          {one === TRAINING ? "training" : one.slice(NETWORKS.length)}
          {differing.has(one) ? <i className="dot" title="Something differs here" /> : null}
        </button>
      ))}
    </div>
  );
}

function Told() {
  const comparison = usePart((view) => view.versioning.comparison);
  return (
    <aside className="panel versions" aria-label="What differs">
      {comparison ? <DifferenceList comparison={comparison} /> : null}
    </aside>
  );
}
