/** The bar of the time machine: which run, a slider over all that it kept, and the way out. */

import { useEffect, useMemo, useRef } from "react";
import { type Film, momentsOf, placeOf, tellKept, tellStep } from "../../core/film";
import type { Machine } from "../../films";
import { Icon } from "../icons";
import { useEditor } from "../use";
import { leaveMachine, lookInto, play } from "./doing";
import { describeRun } from "./runs";
import { useFilms } from "./use";

export function MachineBar() {
  const machine = useFilms((filming) => filming.machine);
  return machine ? <Bar machine={machine} /> : null;
}

function Bar({ machine: { film, step, isPlaying } }: { machine: Machine }) {
  const editor = useEditor();
  const runs = useFilms((filming) => filming.runs);
  const listed = runs.some((run) => run.id === film.run);
  const told = [tellStep(film, step), tellKept(film, step)].filter(Boolean).join(", ");
  return (
    <section className="comparison machine" aria-label="Time machine">
      <select
        aria-label="Run"
        value={film.run}
        onChange={(event) => void lookInto(editor, event.target.value)}
        title={film.name}
      >
        {listed ? null : <option value={film.run}>{film.name}</option>}
        {runs.map((run) => (
          <option key={run.id} value={run.id}>
            {describeRun(run)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="tool"
        aria-label={isPlaying ? "Stand still" : "Play"}
        title={isPlaying ? "Stand still (K)" : "Play (K)"}
        onClick={() => play(editor)}
      >
        <Icon name={isPlaying ? "pause" : "play"} size={14} />
      </button>
      <Slider film={film} step={step} told={told} />
      <span className="tally" role="status" aria-live={isPlaying ? "off" : "polite"}>
        {told}
      </span>
      <button type="button" className="primary" title="Escape" onClick={() => leaveMachine(editor)}>
        Leave
      </button>
    </section>
  );
}

interface SliderProps {
  readonly film: Film;
  readonly step: number;
  readonly told: string;
}

/** Arrow keys go a moment, page keys ten, Home and End to the ends: what a slider does by itself. Escape leaves. */
function Slider({ film, step, told }: SliderProps) {
  const editor = useEditor();
  const slider = useRef<HTMLInputElement>(null);
  const moments = useMemo(() => momentsOf(film), [film]);
  useEffect(() => slider.current?.focus({ preventScroll: true }), [film.run]);
  return (
    <span className="reel">
      <Curve film={film} moments={moments} />
      <input
        ref={slider}
        type="range"
        min={0}
        max={Math.max(0, moments.length - 1)}
        value={placeOf(moments, step)}
        aria-label="Moment of the run"
        aria-valuetext={told}
        onChange={(event) => editor.films.goTo(moments[Number(event.target.value)] ?? 0)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") leaveMachine(editor);
        }}
      />
    </span>
  );
}

/** Behind the slider: the loss at each moment, and where checkpoints were kept. */
function Curve({ film, moments }: { film: Film; moments: readonly number[] }) {
  const path = useMemo(() => drawLoss(film, moments), [film.loss, moments]);
  const last = Math.max(1, moments.length - 1);
  return (
    <svg viewBox={`0 0 ${last} 20`} preserveAspectRatio="none" aria-hidden="true">
      <path className="loss" d={path} />
      {film.checkpoints.map(({ name, step, is_best }) => (
        <path
          key={name}
          className={is_best ? "kept is-best" : "kept"}
          d={`M${placeOf(moments, step)} ${is_best ? 0 : 14}V20`}
        />
      ))}
    </svg>
  );
}

function drawLoss({ loss }: Film, moments: readonly number[]): string {
  if (!loss) return "";
  const seen = moments.flatMap((moment, place) => {
    const value = loss.values[loss.steps.findLastIndex((one) => one <= moment)];
    return value === null || value === undefined ? [] : [[place, value] as const];
  });
  const values = seen.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (seen.length < 2 || high === low) return "";
  return `M${seen.map(([place, value]) => `${place} ${(19 - (18 * (value - low)) / (high - low)).toFixed(1)}`).join("L")}`;
}
