/** A quiet line over the canvas while a run of this project trains: how far it is, and the ways to it. */

import { useMemo } from "react";
import { findDifference } from "../../core/difference";
import { type Film, isOver, lossAt, tellStep } from "../../core/film";
import { type Live, isOfGraphs } from "../../films";
import { Icon } from "../icons";
import { useEditor, usePart } from "../use";
import { lookInto } from "./doing";
import { useFilms } from "./use";

export function TrainingStrip() {
  const live = useFilms((filming) => filming.live);
  return live ? <Strip live={live} /> : null;
}

function Strip({ live: { film, trained } }: { live: Live }) {
  const editor = useEditor();
  const project = usePart((view) => view.history.present);
  const isEarlier = useMemo(() => isOfGraphs(findDifference(trained, project)), [trained, project]);
  return (
    <section className="training-strip" aria-label="Training" data-status={film.status}>
      <i className={isOver(film) ? "pulse" : "pulse is-on"} aria-hidden="true" />
      <span className="told">{tell(film)}</span>
      {isEarlier ? (
        <span className="earlier" title="Nodes that were added since show no state.">
          This run trains an earlier version of the graph.
        </span>
      ) : null}
      <Found film={film} />
      <span className="spacer" />
      <a
        href={`/runs?run=${encodeURIComponent(film.run)}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          void editor.go(`run ${film.run}`);
        }}
      >
        Open the run
      </a>
      <button type="button" className="repair" onClick={() => void lookInto(editor, film.run)}>
        Look into it
      </button>
      <button
        type="button"
        className="tool"
        aria-label="Hide the state of the run"
        title="Hide"
        onClick={() => editor.films.hide()}
      >
        <Icon name="close" size={12} />
      </button>
    </section>
  );
}

/** How much is wrong now, the sentences on hover; they stand at their nodes, and in full on the run's page. */
function Found({ film }: { film: Film }) {
  const open = film.diagnoses.filter((one) => one.is_open);
  if (open.length === 0) return null;
  return (
    <span className="found" title={open.map((one) => one.finding.message).join("\n\n")}>
      <Icon name="warning" size={14} /> the doctor found {open.length === 1 ? "one thing" : `${open.length} things`}
    </span>
  );
}

const WORDS: Readonly<Record<string, string>> = {
  running: "Training",
  queued: "Waiting",
  finished: "Finished",
  paused: "Paused",
  stopped: "Stopped",
  failed: "Failed",
  interrupted: "Interrupted",
};

function tell(film: Film): string {
  const step = film.progress?.step ?? 0;
  const word = WORDS[film.status] ?? film.status;
  return step > 0 || lossAt(film, step) !== null ? `${word}: ${tellStep(film, step)}` : `${word}: getting ready`;
}
