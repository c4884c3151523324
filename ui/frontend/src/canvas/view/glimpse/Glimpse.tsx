/** What comes out of the selected node for one real batch, beside the graph. It follows the selection and every edit. */

import { useEffect, useState } from "react";
import {
  type Seen,
  type SeenFilters,
  type SeenTensor,
  formatNumber,
  outlineHistogram,
  tellFilters,
} from "../../core/glimpse";
import type { Editor } from "../../editor";
import { Icon } from "../icons";
import { useEditor, usePart } from "../use";

type State = { readonly seen?: Seen; readonly fault?: string; readonly isBusy: boolean };

export function Glimpse() {
  const isOpen = usePart((view) => view.glimpsing);
  return isOpen ? <Panel /> : null;
}

function Panel() {
  const editor = useEditor();
  const id = usePart((view) => [...view.selection].at(-1));
  const state = useSeen(editor, id);
  return (
    <section className="glimpse" aria-label="What comes out" aria-busy={state.isBusy}>
      <header>
        <strong>{id ?? "Run up to here"}</strong>
        <span className="spacer" />
        {state.isBusy ? <small role="status">running</small> : null}
        <button type="button" className="tool" aria-label="Close" onClick={() => editor.update({ glimpsing: false })}>
          <Icon name="close" size={14} />
        </button>
      </header>
      {!id ? <p className="empty">Select a node to see what comes out of it for one real batch.</p> : null}
      {state.fault ? (
        <p className="field-note fault" role="alert">
          {state.fault}
        </p>
      ) : null}
      {id && state.seen ? <Outputs seen={state.seen} /> : null}
    </section>
  );
}

/** Ask again when another node is selected or another document was saved; an answer that was overtaken is dropped. */
function useSeen(editor: Editor, id: string | undefined): State {
  const path = usePart((view) => view.path);
  const revision = usePart((view) => view.sync.acknowledged);
  const [state, setState] = useState<State>({ isBusy: false });
  useEffect(() => {
    if (!id) return setState({ isBusy: false });
    let isCurrent = true;
    setState((before) => ({ ...before, isBusy: true }));
    const timer = setTimeout(async () => {
      const next = await editor.exchange.look(path, id).then(
        (seen): State => ({ seen, isBusy: false }),
        (error: Error): State => ({ fault: error.message, isBusy: false }),
      );
      if (isCurrent) setState(next);
    }, 80);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [editor, path, id, revision]);
  return state;
}

function Outputs({ seen }: { seen: Seen }) {
  return (
    <>
      <p className="glimpse-about">
        {seen.samples > 0 ? `${seen.samples} samples of the first batch` : "No data needed"}, {seen.weights}
      </p>
      {seen.outputs.map((output) => (
        <Output key={output.port} output={output} isOne={seen.outputs.length === 1} />
      ))}
      {seen.filters ? <Filters filters={seen.filters} /> : null}
    </>
  );
}

/** Every picture has the same scale, as far below zero as above it. */
function Filters({ filters }: { filters: SeenFilters }) {
  const columns = filters.manner === "slices" && filters.channels > 1 ? (filters.rows[0]?.length ?? 1) : 8;
  return (
    <div className="glimpse-output glimpse-filters">
      <p>{tellFilters(filters)}</p>
      <div className="glimpse-pictures" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
        {filters.rows.flatMap((row, line) =>
          row.map((picture, place) => {
            const name = filters.rows.length > 1 ? `Filter ${line + 1}, channel ${place + 1}` : `Filter ${place + 1}`;
            return <img key={name} src={picture} alt={name} title={name} />;
          }),
        )}
      </div>
      <figure className={`glimpse-scale is-${filters.manner}`}>
        <i />
        <figcaption>
          <span>{formatNumber(-filters.limit)}</span>
          <span>0</span>
          <span>{formatNumber(filters.limit)}</span>
        </figcaption>
      </figure>
    </div>
  );
}

export function Output({ output, isOne }: { output: SeenTensor; isOne: boolean }) {
  const pictures = output.pictures ?? [];
  return (
    <div className="glimpse-output">
      <p>
        {isOne ? null : <strong>{output.port} </strong>}
        {output.shape.join("×") || "one number"} <small>{output.dtype}</small>
      </p>
      {pictures.length > 0 ? (
        <div className="glimpse-pictures">
          {pictures.map((picture, place) => (
            <img key={picture} src={picture} alt={`${output.port} ${place + 1}`} title={`${place + 1}`} />
          ))}
        </div>
      ) : null}
      <Histogram output={output} />
      <Numbers output={output} />
      {pictures.length === 0 ? <Rows output={output} /> : null}
    </div>
  );
}

function Histogram({ output: { histogram } }: { output: SeenTensor }) {
  if (!histogram) return null;
  return (
    <figure className="glimpse-histogram">
      <svg viewBox="0 0 240 48" preserveAspectRatio="none" role="img" aria-label="How the values are spread">
        <path d={outlineHistogram(histogram.counts, 240, 48)} />
      </svg>
      <figcaption>
        <span>{formatNumber(histogram.low)}</span>
        <span>{formatNumber(histogram.high)}</span>
      </figcaption>
    </figure>
  );
}

function Numbers({ output: { numbers } }: { output: SeenTensor }) {
  if (!numbers) return null;
  const facts: [string, string][] = [];
  if (numbers.mean !== undefined) facts.push(["mean", formatNumber(numbers.mean)]);
  if (numbers.deviation !== undefined) facts.push(["deviation", formatNumber(numbers.deviation)]);
  if (numbers.zeros) facts.push(["zeros", `${(100 * numbers.zeros).toFixed(numbers.zeros < 0.01 ? 1 : 0)}%`]);
  if (numbers.faulty > 0) facts.push(["not finite", String(numbers.faulty)]);
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Rows({ output: { rows } }: { output: SeenTensor }) {
  if (!rows || rows.length === 0) return null;
  return (
    <div className="glimpse-rows">
      <table>
        <tbody>
          {rows.map((row, place) => (
            <tr key={`${place} ${row.join()}`}>
              {row.map((value, column) => (
                <td key={`${column} ${value}`}>{formatNumber(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
