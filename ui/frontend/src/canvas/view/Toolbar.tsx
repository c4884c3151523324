/** The line at the top: the project, its graphs, and what can be done with them. */

import { useEffect, useRef, useState } from "react";
import { listTabs } from "../core/blocks/uses";
import { findFault, suggestId } from "../core/ids";
import { isSaved } from "../core/sync";
import { NETWORKS, TRAINING } from "../core/types";
import { BlocksMenu } from "./blocks/BlocksMenu";
import type { Context } from "./commands/command";
import { findCommand, refuseCommand, runCommand } from "./commands/registry";
import { FindBox } from "./FindBox";
import { Icon, type IconName } from "./icons";
import { sideOf } from "./side";
import { useEditor, usePart } from "./use";

export function Toolbar({ context }: { context: Context }) {
  const editor = useEditor();
  const past = usePart((view) => view.history.past.at(-1)?.label);
  const future = usePart((view) => view.history.future[0]?.label);
  const panels = usePart((view) => view.panels);
  const dialog = usePart((view) => view.dialog);
  const glimpsing = usePart((view) => view.glimpsing);
  const isStepping = usePart((view) => view.stepping !== undefined);
  const isTraining = usePart((view) => view.path === TRAINING);
  const coding = usePart((view) => view.coding);
  const side = usePart(sideOf);
  return (
    <header className="toolbar">
      <CommandTool id="panel-palette" icon="left" label="Layers" pressed={panels.palette} context={context} />
      <CommandTool id="panel-outline" icon="outline" label="Outline" pressed={panels.outline} context={context} />
      <ProjectName />
      <Tabs />
      <span className="spacer" />
      <CommandTool id="undo" icon="undo" label={past ? `Undo: ${past}` : "Nothing to undo"} context={context} />
      <CommandTool id="redo" icon="redo" label={future ? `Redo: ${future}` : "Nothing to redo"} context={context} />
      <i className="rule" />
      <CommandTool id="add" icon="plus" label="Add a node" context={context} />
      <CommandTool id="layout" icon="layout" label="Lay out" context={context} />
      <CommandTool id="fit" icon="fit" label="Fit everything" context={context} />
      <CommandTool id="find" icon="find" label="Find a node" pressed={dialog === "find"} context={context} />
      {dialog === "find" ? <FindBox close={() => editor.update({ dialog: undefined })} /> : null}
      <CommandTool id="code" icon="code" label="Code" pressed={coding} context={context} />
      <CommandTool id="glimpse" icon="glimpse" label="Run up to here" pressed={glimpsing} context={context} />
      {isTraining ? (
        <CommandTool
          id="step"
          icon="step"
          label="Step through one training step"
          pressed={isStepping}
          context={context}
        />
      ) : null}
      <CommandTool
        id="commands"
        icon="command"
        label="All commands"
        pressed={dialog === "commands"}
        context={context}
      />
      <i className="rule" />
      <CommandTool id="versions" icon="versions" label="Versions" pressed={side === "versions"} context={context} />
      <CommandTool
        id="panel-inspector"
        icon="right"
        label="Properties"
        pressed={side === "properties"}
        context={context}
      />
      <button type="button" className="primary" onClick={() => void editor.go("train")}>
        Train <Icon name="play" size={12} />
      </button>
    </header>
  );
}

/** A button for a command. Its tooltip says the keys, or why it can do nothing now. */
function CommandTool({ id, context, ...tool }: { id: string; context: Context } & Omit<ToolProps, "onClick">) {
  const command = findCommand(id);
  const reason = usePart((_, editor) => command && refuseCommand(command, editor));
  if (!command) return null;
  const hint = command.keys?.[0] ? `${tool.label} (${command.keys[0]})` : tool.label;
  return (
    <Tool
      {...tool}
      hint={reason ?? hint}
      disabled={reason !== undefined}
      onClick={() => runCommand(command, context)}
    />
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly hint?: string | undefined;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}

function Tool({ icon, label, hint, onClick, disabled, pressed }: ToolProps) {
  return (
    <button
      type="button"
      className="tool"
      title={hint ?? label}
      aria-label={label}
      disabled={disabled}
      aria-pressed={pressed}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function ProjectName() {
  const editor = useEditor();
  const name = usePart((view) => view.history.present.name);
  const sync = usePart((view) => view.sync);
  const fixed = usePart((_, one) => one.fixed);
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  const commit = () => {
    const wanted = text.trim();
    if (!wanted) setText(name);
    else if (wanted !== name) editor.apply([{ op: "set", path: "name", value: wanted }], "rename the project");
  };
  const state =
    sync.conflict !== null
      ? "changed in another tab"
      : sync.failures > 1 && !isSaved(sync)
        ? "not saved: no answer, trying again"
        : sync.revision <= 0
          ? "not changed"
          : isSaved(sync)
            ? "saved"
            : "saving";
  return (
    <div className="project-name">
      <span className="sizer" data-text={text || " "}>
        <input
          aria-label="Name of the project"
          title={fixed}
          disabled={fixed !== undefined}
          size={1}
          value={text}
          spellCheck={false}
          maxLength={200}
          onChange={(event) => setText(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
      </span>
      <small className={`saved ${state === "saving" ? "is-busy" : ""}`} role="status">
        {state}
      </small>
    </div>
  );
}

function Tabs() {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const project = usePart((_, one) => one.drawn);
  const analysis = usePart((_, one) => one.known);
  const trail = usePart((_, one) => one.trail);
  const [isNaming, setNaming] = useState(false);
  const fixed = usePart((_, one) => one.fixed);
  const broken = new Set(
    analysis?.findings.filter((finding) => finding.severity === "error").map((finding) => finding.graph),
  );
  return (
    <div className="tabs">
      <div className="tab-list" role="tablist" aria-label="Graphs">
        {listTabs(project).map((one) => (
          <button
            type="button"
            role="tab"
            key={one}
            aria-selected={one === path}
            className={["tab", one === TRAINING && "training", one === trail[0]?.[0] && "is-around"]
              .filter(Boolean)
              .join(" ")}
            title={one === trail[0]?.[0] ? "The open block is inside of this network" : undefined}
            onClick={() => editor.openGraph(one)}
          >
            <Icon name={one === TRAINING ? "loss" : "network"} size={14} />{" "}
            {one === TRAINING ? "training" : one.slice(NETWORKS.length)}
            {broken.has(one) ? <i className="dot" title="This graph has errors" /> : null}
          </button>
        ))}
      </div>
      <BlocksMenu />
      {isNaming ? (
        <NewNetwork close={() => setNaming(false)} />
      ) : (
        <Tool
          icon="plus"
          label="New network"
          hint={fixed}
          disabled={fixed !== undefined}
          onClick={() => setNaming(true)}
        />
      )}
    </div>
  );
}

function NewNetwork({ close }: { close: () => void }) {
  const editor = useEditor();
  const [text, setText] = useState(suggestId("network", Object.keys(editor.project.networks)));
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const fault = editor.project.networks[text] ? "There is a network of this name." : findFault(text);
  const commit = () => {
    if (!fault && editor.apply([{ op: "add_graph", name: text, graph: emptyNetwork() }], `add network ${text}`))
      editor.openGraph(NETWORKS + text);
    close();
  };
  return (
    <input
      ref={field}
      className="new-network"
      aria-label="Name of the new network"
      aria-invalid={fault !== undefined}
      title={fault}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={close}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") close();
      }}
    />
  );
}

/** A new network begins with an input of the data's shape and an output, for the person to draw between. */
function emptyNetwork() {
  const node = (id: string, kind: string, x: number, params = {}) => ({
    id,
    kind,
    params,
    position: [x, 0],
    bypassed: false,
    weights_of: null,
  });
  return {
    nodes: [node("input1", "Input", 0, { shape: "$shape" }), node("output1", "Output", 480)],
    edges: [],
    params: {},
  };
}
