/** What differs, in words: every mark of the canvas as a line with its sign, and changed values old → new. */

import { type GraphDifference, type ValueChange, showValue } from "../../core/difference";
import { NETWORKS, TRAINING } from "../../core/types";
import type { Comparison } from "../../versions";
import { useEditor } from "../use";
import { GHOST, useDifference } from "./marks";

export function DifferenceList({ comparison }: { comparison: Comparison }) {
  const difference = useDifference(comparison);
  const isEmpty = difference.graphs.size + difference.values.length === 0;
  return (
    <div className="differences">
      {isEmpty ? <p className="empty">Nothing differs.</p> : null}
      {[...difference.graphs].map(([path, graph]) => (
        <section key={path}>
          <h3>{path === TRAINING ? "training" : path.slice(NETWORKS.length)}</h3>
          <GraphLines path={path} graph={graph} />
        </section>
      ))}
      {difference.values.length > 0 ? (
        <section>
          <h3>Settings</h3>
          <Values changes={difference.values} />
        </section>
      ) : null}
    </div>
  );
}

function GraphLines({ path, graph }: { path: string; graph: GraphDifference }) {
  const links = graph.addedEdges.size + graph.removedEdges.length;
  return (
    <ul>
      {[...graph.added].map((id) => (
        <Line key={`+${id}`} sign="+" mark="added" id={id} shows={id} path={path} />
      ))}
      {graph.removed.map((node) => (
        <Line key={`-${node.id}`} sign="−" mark="removed" id={node.id} shows={GHOST + node.id} path={path} />
      ))}
      {[...graph.changed].map(([id, changes]) => (
        <Line key={`~${id}`} sign="~" mark="changed" id={id} shows={id} path={path} changes={changes} />
      ))}
      {links > 0 ? (
        <li className="told">
          links: {graph.addedEdges.size} added, {graph.removedEdges.length} removed
        </li>
      ) : null}
      {graph.moved > 0 ? <li className="told">{graph.moved} only moved</li> : null}
      {graph.values.length > 0 ? (
        <li>
          <Values changes={graph.values} />
        </li>
      ) : null}
    </ul>
  );
}

interface LineProps {
  readonly sign: string;
  readonly mark: "added" | "removed" | "changed";
  readonly id: string;
  /** The drawn node that a click brings into sight. */
  readonly shows: string;
  readonly path: string;
  readonly changes?: readonly ValueChange[];
}

function Line({ sign, mark, id, shows, path, changes }: LineProps) {
  const editor = useEditor();
  return (
    <li className={`difference mark-${mark}`} data-difference={`${sign} ${id}`}>
      <button type="button" className="quiet" onClick={() => editor.reveal([shows], path)}>
        <b className="sign" aria-hidden="true">
          {sign}
        </b>{" "}
        {id} <small>{mark}</small>
      </button>
      {changes ? <Values changes={changes} /> : null}
    </li>
  );
}

function Values({ changes }: { changes: readonly ValueChange[] }) {
  return (
    <dl className="changes">
      {changes.map(({ name, before, after }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <del>{showValue(before)}</del> → <ins>{showValue(after)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}
