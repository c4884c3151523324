/** The inspector: what is selected, with every parameter that it has. */

import { useEffect, useState } from "react";
import { ENDS } from "../core/actions";
import { findNode } from "../core/document";
import { formatExact } from "../core/format";
import { findFault } from "../core/ids";
import { listFields } from "../core/schema";
import { type GraphNode, type Kind, TRAINING } from "../core/types";
import { networkOf, openBlock } from "./blocks/actions";
import type { Context } from "./commands/command";
import { Form } from "./Form";
import { Icon, lookOf } from "./icons";
import { InTraining } from "./InTraining";
import { HealthNote } from "./machine/NodeState";
import { ProjectPanel } from "./ProjectPanel";
import { useEditor, useKinds, usePart } from "./use";

export function Inspector({ context }: { context: Context }) {
  const editor = useEditor();
  const graph = usePart((_, editor) => editor.graph);
  const selection = usePart((view) => view.selection);
  const fixed = usePart((_, editor) => editor.fixed);
  const nodes = graph.nodes.filter((node) => selection.has(node.id));
  const [first] = nodes;
  return (
    <aside className="panel inspector" aria-label="Properties">
      {fixed ? <p className="summary">{fixed}</p> : null}
      <fieldset className="bare" disabled={fixed !== undefined} title={fixed}>
        {!first ? (
          <ProjectPanel context={context} />
        ) : nodes.length === 1 ? (
          <OneNode node={first} key={first.id} />
        ) : (
          <ManyNodes nodes={nodes} />
        )}
      </fieldset>
      {first ? null : (
        <button type="button" className="quiet more" onClick={() => editor.update({ dialog: "keys" })}>
          All keys: press ?
        </button>
      )}
    </aside>
  );
}

function OneNode({ node }: { node: GraphNode }) {
  const kind = useKinds().get(node.kind);
  const facts = usePart((view, editor) => editor.shown?.graphs[view.path]?.nodes[node.id]);
  return (
    <>
      <IdField node={node} kind={kind} />
      <HealthNote id={node.id} />
      {kind ? <p className="summary">{kind.summary}</p> : <UnknownKind node={node} />}
      {kind ? <Form nodes={[node]} kind={kind} /> : null}
      <InTraining nodes={[node]} />
      {facts && facts.outputs && facts.outputs.length > 0 ? (
        <dl className="facts">
          {facts.outputs.map((output) => (
            <div key={output.name}>
              <dt title={output.name}>{output.name}</dt>
              <dd title={output.dtype ?? ""}>
                {output.shape ? `${output.shape.join("×") || "scalar"} ${output.dtype ?? ""}` : "not known yet"}
              </dd>
            </div>
          ))}
          {facts.parameters ? <Fact name="parameters" value={facts.parameters} /> : null}
          {facts.multiply_adds ? <Fact name="multiply-adds" value={facts.multiply_adds} /> : null}
        </dl>
      ) : null}
      <NodeSwitches node={node} />
      {kind ? <Help kind={kind} /> : null}
    </>
  );
}

const Fact = ({ name, value }: { name: string; value: number }) => (
  <div>
    <dt>{name}</dt>
    <dd>{formatExact(value)}</dd>
  </div>
);

function UnknownKind({ node }: { node: GraphNode }) {
  return (
    <>
      <p className="summary">
        This kind of node is not known here. It is kept as it is, links and parameters included.
      </p>
      <pre className="raw">{JSON.stringify(node.params, null, 1)}</pre>
    </>
  );
}

function IdField({ node, kind }: { node: GraphNode; kind: Kind | undefined }) {
  const editor = useEditor();
  const look = lookOf(kind?.family);
  const [text, setText] = useState(node.id);
  useEffect(() => setText(node.id), [node.id]);
  const isTaken = text !== node.id && findNode(editor.graph, text) !== undefined;
  const fault = text === node.id ? undefined : isTaken ? `"${text}" is the name of another node.` : findFault(text);
  const commit = () => {
    if (fault || text === node.id) return setText(node.id);
    if (editor.apply([{ op: "rename_node", graph: editor.view.path, id: node.id, to: text }], `rename ${node.id}`))
      editor.select([text]);
  };
  return (
    <header className="inspector-head" style={{ "--family": look.colour } as React.CSSProperties}>
      <span className="node-icon">
        <Icon name={look.icon} />
      </span>
      <input
        className="id-field"
        aria-label="Name of the node"
        title={node.id}
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
      <span className="kind-name" title={node.kind}>
        {node.kind}
      </span>
      {fault ? (
        <p className="field-note fault" role="alert">
          {fault}
        </p>
      ) : null}
    </header>
  );
}

function ManyNodes({ nodes }: { nodes: readonly GraphNode[] }) {
  const kinds = useKinds();
  const names = new Set(nodes.map((node) => node.kind));
  const kind = names.size === 1 ? kinds.get(nodes[0]?.kind ?? "") : undefined;
  return (
    <>
      <h3>{nodes.length} nodes</h3>
      <p className="summary">
        {kind ? `All are ${kind.kind}: what is set here is set for all of them.` : [...names].join(", ")}
      </p>
      {kind ? <Form nodes={nodes} kind={kind} /> : null}
      <InTraining nodes={nodes} />
    </>
  );
}

const HANDED_ON = "Leave this node out: what comes in goes out unchanged.";
const LEFT_OUT =
  "Leave this node out: it does not run. Operations hand on what comes in; losses, metrics and optimizers count for nothing.";

const LOOK =
  "Run one real batch up to this node: feature maps, how the values are spread, filters of a convolution. R.";

function NodeSwitches({ node }: { node: GraphNode }) {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const lenders = [node.kind, ...(useKinds().get(node.kind)?.borrows_from ?? [])];
  const peers = usePart((_, one) => one.graph).nodes.filter(
    (other) => lenders.includes(other.kind) && other.id !== node.id && other.weights_of === null,
  );
  const set = (fields: Partial<Pick<GraphNode, "bypassed" | "weights_of">>, label: string) =>
    editor.apply([{ op: "set_node", graph: path, id: node.id, fields }], label);
  const learns =
    usePart((view, one) => (one.shown?.graphs[view.path]?.nodes[node.id]?.parameters ?? 0) > 0) ||
    node.weights_of !== null;
  const gives = usePart((view, one) => (one.shown?.graphs[view.path]?.nodes[node.id]?.outputs?.length ?? 0) > 0);
  const isLooking = usePart((view) => view.glimpsing);
  const turns = usePart((view, one) => one.shown?.graphs[view.path]?.nodes[node.id]?.uses?.length ?? 1);
  const openings = new Map(
    [1, 0].filter((turn) => turn < turns).map((turn) => [networkOf(editor, node.id, turn), turn]),
  );
  return (
    <div className="form">
      {ENDS.includes(node.kind) ? null : (
        <div className={`field ${node.bypassed ? "is-changed" : ""}`}>
          <label className="field-name" htmlFor="bypass" title={`${path === TRAINING ? LEFT_OUT : HANDED_ON} Ctrl+B.`}>
            bypass
          </label>
          <div className="field-control">
            <input
              id="bypass"
              type="checkbox"
              role="switch"
              checked={node.bypassed}
              onChange={(event) => set({ bypassed: event.target.checked }, `bypass ${node.id}`)}
            />
          </div>
        </div>
      )}
      {path !== TRAINING && learns && peers.length > 0 ? (
        <div className={`field ${node.weights_of ? "is-changed" : ""}`}>
          <label
            className="field-name"
            htmlFor="weights-of"
            title="Use the weights of another node instead of weights of its own."
          >
            weights of
          </label>
          <div className="field-control">
            <select
              id="weights-of"
              value={node.weights_of ?? ""}
              onChange={(event) => set({ weights_of: event.target.value || null }, `weights of ${node.id}`)}
            >
              <option value="">its own</option>
              {peers.map((peer) => (
                <option key={peer.id}>{peer.id}</option>
              ))}
            </select>
          </div>
        </div>
      ) : null}
      {isLooking || !gives ? null : (
        <button type="button" className="quiet more" onClick={() => editor.update({ glimpsing: true })} title={LOOK}>
          Look at what comes out
        </button>
      )}
      {[...openings].map(([name, turn]) =>
        name === undefined ? null : (
          <button key={name} type="button" className="quiet more" onClick={() => openBlock(editor, node.id, turn)}>
            Open {name}
          </button>
        ),
      )}
    </div>
  );
}

function Help({ kind }: { kind: Kind }) {
  const text = kind.help.slice(kind.summary.length).trim();
  const fields = listFields(kind).filter((field) => field.help);
  return (
    <details className="help">
      <summary>Help</summary>
      {text ? <pre>{text}</pre> : null}
      <dl>
        {fields.map((field) => (
          <div key={field.name}>
            <dt>{field.name}</dt>
            <dd>{field.help}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
