/** One step of training beside the graph: its moments in order, and what the one that is looked at gave. */

import { useEffect, useRef } from "react";
import { formatNumber } from "../../core/glimpse";
import { type Moment, type Touched, type Walk, nameMoment, tellMoment } from "../../core/stepping";
import { goTo, takeStep, toggleStepping } from "../../stepping";
import { Output } from "../glimpse/Glimpse";
import { Icon, type IconName } from "../icons";
import { useEditor, usePart } from "../use";

const ICONS: Readonly<Record<Moment["does"], IconName>> = {
  evaluate: "next",
  measure: "metric",
  backward: "undo",
  update: "optimizer",
};

export function StepPanel() {
  const editor = useEditor();
  const stepping = usePart((view) => view.stepping);
  const revision = usePart((view) => view.sync.acknowledged);
  useEffect(() => void takeStep(editor), [editor, revision]);
  if (!stepping) return null;
  const { walk, at, fault, isBusy } = stepping;
  return (
    <section className="stepping" aria-label="One training step" aria-busy={isBusy}>
      <header>
        <strong>One training step</strong>
        <span className="spacer" />
        {isBusy ? <small role="status">running</small> : null}
        <button type="button" className="tool" aria-label="Close" onClick={() => toggleStepping(editor)}>
          <Icon name="close" size={14} />
        </button>
      </header>
      {fault ? (
        <p className="field-note fault" role="alert">
          {fault}
        </p>
      ) : null}
      {walk ? <Player walk={walk} at={at} /> : null}
    </section>
  );
}

function Player({ walk, at }: { walk: Walk; at: number }) {
  const editor = useEditor();
  const last = walk.moments.length - 1;
  const moment = walk.moments[at];
  return (
    <>
      <p className="about">
        {walk.samples > 0 ? `${walk.samples} samples, ` : ""}
        {walk.weights}. Every optimizer has its turn.
      </p>
      <div className="player">
        <button
          type="button"
          className="tool"
          aria-label="Moment before"
          disabled={at === 0}
          onClick={() => goTo(editor, at - 1)}
        >
          <span className="turned">
            <Icon name="next" size={14} />
          </span>
        </button>
        <input
          type="range"
          aria-label="Moment"
          aria-valuetext={moment ? nameMoment(moment) : ""}
          min={0}
          max={last}
          value={at}
          onChange={(event) => goTo(editor, event.currentTarget.valueAsNumber)}
        />
        <button
          type="button"
          className="tool"
          aria-label="Next moment"
          disabled={at === last}
          onClick={() => goTo(editor, at + 1)}
        >
          <Icon name="next" size={14} />
        </button>
        <small>
          {at + 1} of {last + 1}
        </small>
      </div>
      <Moments walk={walk} at={at} />
      {moment ? <Details moment={moment} /> : null}
    </>
  );
}

function Moments({ walk, at }: { walk: Walk; at: number }) {
  const editor = useEditor();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const isParted = new Set(walk.moments.map((moment) => moment.stage)).size > 1;
  return (
    <ol className="moments" ref={list}>
      {walk.moments.map((moment, place) => (
        <li key={place}>
          {isParted && moment.stage !== walk.moments[place - 1]?.stage ? <small>Order {moment.stage}</small> : null}
          <button
            type="button"
            className={`moment is-${moment.does}`}
            aria-current={place === at ? "step" : undefined}
            onClick={() => goTo(editor, place)}
          >
            <Icon name={ICONS[moment.does]} size={14} /> <span>{nameMoment(moment)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Details({ moment }: { moment: Moment }) {
  return (
    <div className="moment-details">
      <strong>{nameMoment(moment)}</strong>
      {tellMoment(moment).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {moment.outputs.map((output) => (
        <Output key={output.port} output={output} isOne={moment.outputs.length === 1} />
      ))}
      {moment.touched.length > 0 ? <Sizes moment={moment} /> : null}
    </div>
  );
}

/** The norm of each gradient, or how far each parameter moved, with a bar against the largest. */
function Sizes({ moment: { does, touched } }: { moment: Moment }) {
  const most = Math.max(...touched.map((one) => one.size ?? 0), Number.MIN_VALUE);
  return (
    <table className="sizes">
      <thead>
        <tr>
          <th scope="col">Weights</th>
          <th scope="col">{does === "backward" ? "Norm of the gradient" : "Typical change"}</th>
        </tr>
      </thead>
      <tbody>
        {touched.map((one) => (
          <tr key={`${one.network} ${one.name}`} title={`${one.count.toLocaleString("en")} numbers`}>
            <th scope="row">
              <small>{one.network}.</small>
              {one.name}
            </th>
            <td style={{ "--part": (one.size ?? 0) / most } as React.CSSProperties}>{tellSize(one, does)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function tellSize({ reached, size }: Touched, does: Moment["does"]): string {
  if (!reached) return does === "backward" ? "not reached" : "unchanged";
  return formatNumber(size);
}
