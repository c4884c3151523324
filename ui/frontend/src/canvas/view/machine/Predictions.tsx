/** What the run's previews showed at a moment: pictures, tables and plots, drawn as the live view of a run draws them. */

import { useEffect, useRef, useState } from "react";
import { Plot } from "../../../livechart/plots";
import { drawPayload } from "../../../livechart/samples";
import type { Sample as Drawn } from "../../../livechart/types";
import { type Film, type Sample, samplesAt } from "../../core/film";
import { readSample } from "../../films";

type Seen = Pick<Drawn, "payload" | "figure">;

/** What was read of the run that is looked into: going back and forth asks for nothing twice. */
const read = new Map<string, Promise<Seen>>();
const MOST_READ = 400;

function recall(run: string, id: number): Promise<Seen> {
  const key = `${run} ${id}`;
  const known = read.get(key);
  if (known) return known;
  if (read.size >= MOST_READ) read.clear();
  const asked = readSample<Seen>(run, id);
  read.set(key, asked);
  asked.catch(() => read.delete(key));
  return asked;
}

export function Predictions({ film, step }: { film: Film; step: number }) {
  return samplesAt(film, step).map((sample) => <Prediction key={sample.node} film={film} sample={sample} />);
}

function Prediction({ film, sample }: { film: Film; sample: Sample }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const [fault, setFault] = useState<string>();
  useEffect(() => () => plot.current?.close(), []);
  useEffect(() => {
    let isCurrent = true;
    recall(film.run, sample.id).then(
      (seen) => {
        if (!isCurrent || !place.current) return;
        setFault(undefined);
        draw(place.current, seen);
      },
      (error: Error) => isCurrent && setFault(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [film.run, sample.id]);

  function draw(element: HTMLElement, { payload, figure }: Seen) {
    if (figure) {
      element.classList.add("is-plot");
      plot.current ??= new Plot(element, film.plotly);
      plot.current.draw(figure);
    } else element.replaceChildren(drawPayload(payload) ?? "");
  }

  return (
    <section className="prediction" aria-label={sample.node} data-step={sample.step}>
      <h3>
        {sample.node.replaceAll("_", " ")} <small>step {sample.step.toLocaleString("en")}</small>
      </h3>
      {fault ? <p className="field-note fault">{fault}</p> : null}
      <div className="prediction-drawn" ref={place} />
    </section>
  );
}
