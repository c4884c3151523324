/** Beside the graph while a run is looked into: how the selected node did, and what the run predicted at that moment. */

import { useEffect, useMemo, useState } from "react";
import { findNode } from "../../core/document";
import { type Film, type LookedAt, diagnosesAt, lookAt } from "../../core/film";
import { formatNumber } from "../../core/glimpse";
import { type Part, type Spreads, PARTS, spreadAt } from "../../core/spreads";
import { formatShare, placesOf } from "../../core/vitals";
import { type Machine, readSpreads } from "../../films";
import { useEditor, usePart } from "../use";
import { HistogramOverTime } from "./HistogramOverTime";
import { Predictions } from "./Predictions";
import { HealthNote } from "./NodeState";
import { useFilms } from "./use";

export function RunPanel() {
  const machine = useFilms((filming) => filming.machine);
  const id = usePart((view) => [...view.selection].at(-1));
  if (!machine) return null;
  return (
    <aside className="panel run-panel" aria-label="The run at this step">
      {machine.film.looks.length === 0 ? (
        <p className="empty">
          This run kept no looks at its layers: it was too short, or an earlier version of Layerloom trained it.
        </p>
      ) : id === undefined ? (
        <>
          <Found film={machine.film} step={machine.step} />
          <p className="empty">Select a node to see how its weights, gradients and outputs are spread.</p>
        </>
      ) : (
        <OneNode machine={machine} id={id} key={id} />
      )}
      <Predictions film={machine.film} step={machine.step} />
    </aside>
  );
}

/** What the doctor found at a step, as a list that leads to the nodes. */
function Found({ film, step }: { film: Film; step: number }) {
  const editor = useEditor();
  const found = diagnosesAt(film, step);
  if (found.length === 0) return null;
  return (
    <section className="found" aria-label="What the doctor found">
      <h3>Doctor</h3>
      <ul>
        {found.map(({ key, finding }) => (
          <li key={key} className={finding.severity === "advice" ? "is-watch" : "is-sick"}>
            <button
              type="button"
              className="quiet"
              disabled={!finding.node}
              onClick={() => finding.node && editor.reveal([finding.node], finding.graph, finding.trail)}
            >
              {finding.message}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneNode({ machine: { film, step }, id }: { machine: Machine; id: string }) {
  const graph = usePart((_, one) => one.graph);
  const path = usePart((view) => view.path);
  const trail = usePart((_, one) => one.trail);
  const node = findNode(graph, id);
  const places = useMemo(
    () => (node ? placesOf(film, node, { graph, path, trail }).map((number) => film.places[number]) : []),
    [film.places, node, graph, path, trail],
  );
  const [place] = places;
  return (
    <section className="run-node" aria-label={`${id} in the run`}>
      <h2>{id}</h2>
      <HealthNote id={id} />
      {!place ? (
        <p className="empty">The run did not look at this node.</p>
      ) : places.length > 1 ? (
        <p className="empty">{places.length} nodes lie inside. Open it to see how their numbers are spread.</p>
      ) : (
        <Histograms film={film} step={step} place={place} />
      )}
    </section>
  );
}

/** The histograms of a node at every look, asked for again when the run has looked again. */
function useSpreads(film: Film, place: LookedAt): { spreads: readonly Spreads[]; fault?: string } | undefined {
  const [found, setFound] = useState<{ spreads: readonly Spreads[]; fault?: string }>();
  useEffect(() => {
    let isCurrent = true;
    readSpreads(film.run, place.network, place.name).then(
      (spreads) => isCurrent && setFound({ spreads }),
      (error: Error) => isCurrent && setFound({ spreads: [], fault: error.message }),
    );
    return () => {
      isCurrent = false;
    };
  }, [film.run, film.last, place.network, place.name]);
  return found;
}

const TITLES: Readonly<Record<Part, string>> = { weights: "Weights", gradients: "Gradients", output: "What comes out" };

function Histograms({ film, step, place }: { film: Film; step: number; place: LookedAt }) {
  const editor = useEditor();
  const found = useSpreads(film, place);
  if (!found) return <p className="empty">Reading…</p>;
  if (found.fault) return <p className="field-note fault">{found.fault}</p>;
  const at = spreadAt(found.spreads, film.looks[lookAt(film, step)]?.step ?? step);
  return PARTS.filter((part) => found.spreads.some((one) => one[part])).map((part) => (
    <HistogramOverTime
      key={part}
      title={TITLES[part]}
      facts={listFacts(part, found.spreads[at])}
      steps={found.spreads.map((one) => one.step)}
      histograms={found.spreads.map((one) => one[part]?.histogram)}
      at={at}
      go={(place) => editor.films.goTo(found.spreads[place]?.step ?? step)}
    />
  ));
}

function listFacts(part: Part, spreads: Spreads | undefined): string {
  const spread = spreads?.[part];
  if (!spread) return "";
  const facts = [
    known(spread.norm) && `norm ${formatNumber(spread.norm)}`,
    known(spread.update) && `update ${formatShare(spread.update)}`,
    known(spread.silent) && `${formatShare(spread.silent)} dead`,
    known(spread.saturated) && `${formatShare(spread.saturated)} flat`,
    part === "output" && known(spread.zeros) && spread.zeros > 0 && `${formatShare(spread.zeros)} zeros`,
    part === "output" && known(spread.deviation) && `deviation ${formatNumber(spread.deviation)}`,
  ];
  return facts.filter(Boolean).join(", ");
}

const known = (value: number | null | undefined): value is number => value !== null && value !== undefined;
