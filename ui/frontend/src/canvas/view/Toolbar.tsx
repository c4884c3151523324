/** The line at the top: the project, its graphs, and what can be done with them. */

import { useEffect, useRef, useState } from "react";
import { graphPaths } from "../core/document";
import { findFault, suggestId } from "../core/ids";
import { findNodes } from "../core/search";
import { isSaved } from "../core/sync";
import { NETWORKS, TRAINING } from "../core/types";
import type { Panels } from "../memory";
import { layOutGraph } from "./commands";
import { Icon, type IconName } from "./icons";
import { useFit } from "./fit";
import { useEditor, usePart } from "./use";

interface Props {
  readonly panels: Panels;
  readonly setPanels: (panels: Panels) => void;
  readonly finding: boolean;
  readonly setFinding: (finding: boolean) => void;
}

export function Toolbar({ panels, setPanels, finding, setFinding }: Props) {
  const editor = useEditor();
  const fit = useFit();
  const past = usePart((view) => view.history.past.at(-1)?.label);
  const future = usePart((view) => view.history.future[0]?.label);
  return (
    <header className="toolbar">
      <Tool
        icon="left"
        label="Layers"
        pressed={panels.palette}
        onClick={() => setPanels({ ...panels, palette: !panels.palette })}
      />
      <ProjectName />
      <Tabs />
      <span className="spacer" />
      <Tool
        icon="undo"
        label={past ? `Undo: ${past}` : "Nothing to undo"}
        disabled={!past}
        onClick={() => editor.undo()}
      />
      <Tool
        icon="redo"
        label={future ? `Redo: ${future}` : "Nothing to redo"}
        disabled={!future}
        onClick={() => editor.redo()}
      />
      <i className="rule" />
      <Tool icon="layout" label="Lay out" onClick={() => layOutGraph(editor)} />
      <Tool icon="fit" label="Fit everything" onClick={() => fit()} />
      <Tool icon="find" label="Find a node" pressed={finding} onClick={() => setFinding(!finding)} />
      {finding ? <FindBox close={() => setFinding(false)} /> : null}
      <i className="rule" />
      <Tool
        icon="right"
        label="Properties"
        pressed={panels.inspector}
        onClick={() => setPanels({ ...panels, inspector: !panels.inspector })}
      />
      <button type="button" className="primary" onClick={() => editor.go("train")}>
        Train <Icon name="play" size={12} />
      </button>
    </header>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}

function Tool({ icon, label, onClick, disabled, pressed }: ToolProps) {
  return (
    <button
      type="button"
      className="tool"
      title={label}
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
  const project = usePart((view) => view.history.present);
  const analysis = usePart((view) => view.analysis);
  const [isNaming, setNaming] = useState(false);
  const broken = new Set(
    analysis?.findings.filter((finding) => finding.severity === "error").map((finding) => finding.graph),
  );
  return (
    <div className="tabs" role="tablist" aria-label="Graphs">
      {graphPaths(project).map((one) => (
        <button
          type="button"
          role="tab"
          key={one}
          aria-selected={one === path}
          className={one === TRAINING ? "tab training" : "tab"}
          onClick={() => editor.openGraph(one)}
        >
          <Icon name={one === TRAINING ? "loss" : "network"} size={14} />{" "}
          {one === TRAINING ? "training" : one.slice(NETWORKS.length)}
          {broken.has(one) ? <i className="dot" title="This graph has errors" /> : null}
        </button>
      ))}
      {isNaming ? (
        <NewNetwork close={() => setNaming(false)} />
      ) : (
        <Tool icon="plus" label="New network" onClick={() => setNaming(true)} />
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

function FindBox({ close }: { close: () => void }) {
  const editor = useEditor();
  const field = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState<readonly string[]>([]);
  const [place, setPlace] = useState(0);
  useEffect(() => field.current?.focus(), []);
  const search = (query: string) => {
    const ids = findNodes(editor.graph, query);
    setFound(ids);
    setPlace(0);
    if (ids[0]) editor.reveal([ids[0]]);
  };
  const step = (direction: number) => {
    const next = (place + direction + found.length) % Math.max(1, found.length);
    setPlace(next);
    if (found[next]) editor.reveal([found[next]]);
  };
  return (
    <span className="find-box">
      <input
        ref={field}
        type="search"
        placeholder="Name, kind or value"
        aria-label="Find a node"
        onChange={(event) => search(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
          if (event.key === "Escape") close();
        }}
      />
      <small>{found.length > 0 ? `${place + 1} of ${found.length}` : ""}</small>
    </span>
  );
}
