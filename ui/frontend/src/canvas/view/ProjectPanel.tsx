/** What the inspector shows while nothing is selected: the project, and the graph that is open. */

import { useEffect, useState } from "react";
import { formatExact } from "../core/format";
import { NETWORKS, TRAINING } from "../core/types";
import { NetworkName } from "./blocks/NetworkName";
import { ParamsTable } from "./blocks/ParamsTable";
import type { Context } from "./commands/command";
import { findCommand, runCommand } from "./commands/registry";
import { Icon, type IconName } from "./icons";
import { useEditor, usePart } from "./use";

export function ProjectPanel({ context }: { context: Context }) {
  const path = usePart((view) => view.path);
  const project = usePart((view) => view.history.present);
  const facts = usePart((view, one) => one.shown?.graphs[view.path]);
  const graph = usePart((_, one) => one.graph);
  const name = path.slice(NETWORKS.length);
  return (
    <>
      {path === TRAINING ? <h3>Training</h3> : <NetworkName name={name} key={name} />}
      <p className="summary">
        {path === TRAINING
          ? "How the networks learn: data flows into networks, their answers into losses, and optimizers make the losses small."
          : "A network: what flows from its inputs to its outputs."}
      </p>
      <dl className="facts">
        <Row name="nodes" value={graph.nodes.length} />
        <Row name="links" value={graph.edges.length} />
        {facts?.parameters ? <Row name="parameters" value={facts.parameters} /> : null}
        {facts?.multiply_adds ? <Row name="multiply-adds" value={facts.multiply_adds} /> : null}
      </dl>
      <Does id="train-this" icon="play" context={context} />
      <Does id="remove-network" icon="trash" context={context} />
      {path !== TRAINING ? <ParamsTable /> : null}
      <h3>About this project</h3>
      <Description text={project.description} />
    </>
  );
}

/** A button for a command, where that can do something now. */
function Does({ id, icon, context }: { id: string; icon: IconName; context: Context }) {
  const command = findCommand(id);
  const isOff = usePart((_, editor) => command?.isOff?.(editor) !== undefined);
  if (!command || isOff) return null;
  return (
    <div>
      <button type="button" className="quiet more" onClick={() => runCommand(command, context)}>
        <Icon name={icon} size={14} /> {command.title}
      </button>
    </div>
  );
}

const Row = ({ name, value }: { name: string; value: number }) => (
  <div>
    <dt>{name}</dt>
    <dd>{formatExact(value)}</dd>
  </div>
);

function Description({ text }: { text: string }) {
  const editor = useEditor();
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  const commit = () => {
    if (draft !== text) editor.apply([{ op: "set", path: "description", value: draft }], "describe the project");
  };
  return (
    <textarea
      aria-label="Description"
      rows={5}
      placeholder="What this project is for"
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
    />
  );
}
