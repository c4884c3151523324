/** The parameters of a network: what its references name wherever it is used, with the values they have unless told. */

import { useEffect, useState } from "react";
import { paramEdits, readDefault } from "../../core/blocks/params";
import { suggestId } from "../../core/ids";
import { findParamFault } from "../../core/paramRenaming";
import { sameValue, writeText } from "../../core/schema";
import type { Json } from "../../core/types";
import { Icon } from "../icons";
import { useEditor, usePart } from "../use";

export function ParamsTable() {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const graph = usePart((_, one) => one.graph);
  const names = Object.keys(graph.params);
  const add = () => {
    const name = suggestId("size", names);
    editor.apply(paramEdits(path, graph, name, 1), `add parameter ${name}`);
  };
  return (
    <>
      <h3>Parameters</h3>
      <p className="summary">
        {names.length > 0
          ? `Values that every use can set. Write $${names[0]} in a property to take one.`
          : "Values that every use of this network can set, such as channels."}
      </p>
      {names.length > 0 ? (
        <table className="params">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Default</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <Row key={name} name={name} value={graph.params[name] as Json} names={names} />
            ))}
          </tbody>
        </table>
      ) : null}
      <button type="button" className="quiet more" onClick={add}>
        <Icon name="plus" size={14} /> Add a parameter
      </button>
    </>
  );
}

function Row({ name, value, names }: { name: string; value: Json; names: readonly string[] }) {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const rename = (to: string) =>
    editor.apply([{ op: "rename_param", graph: path, name, to }], `rename parameter ${name}`);
  const change = (text: string) => {
    const wanted = readDefault(text);
    if (!sameValue(wanted, value)) editor.apply(paramEdits(path, editor.graph, name, wanted), `set ${name}`);
  };
  const refuse = (to: string) =>
    to === name ? undefined : names.includes(to) ? "There is a parameter of this name." : findParamFault(to);
  return (
    <tr>
      <td>
        <Cell label={`Name of ${name}`} text={name} commit={rename} refuse={refuse} />
      </td>
      <td>
        <Cell label={`Default of ${name}`} text={writeText(value)} commit={change} />
      </td>
      <td>
        <button
          type="button"
          className="quiet reset"
          aria-label={`Remove ${name}`}
          title={`Remove ${name}`}
          onClick={() => editor.apply(paramEdits(path, editor.graph, name, undefined), `remove parameter ${name}`)}
        >
          <Icon name="trash" size={12} />
        </button>
      </td>
    </tr>
  );
}

interface CellProps {
  readonly label: string;
  readonly text: string;
  readonly commit: (text: string) => void;
  readonly refuse?: (text: string) => string | undefined;
}

/** A field that says what it holds when it is left. */
export function Cell({ label, text, commit, refuse }: CellProps) {
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  const fault = refuse?.(draft);
  const done = () => {
    if (fault || draft.trim() === "" || draft === text) setDraft(text);
    else commit(draft.trim());
  };
  return (
    <span className="text-control">
      <input
        aria-label={label}
        aria-invalid={fault !== undefined}
        value={draft}
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
      {fault ? (
        <span className="reason" role="alert">
          {fault}
        </span>
      ) : null}
    </span>
  );
}
