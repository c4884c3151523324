/** The entry of the canvas: Streamlit calls the default export at the mount and at every change of data. */

import { type Root, createRoot } from "react-dom/client";

import type { Catalogue } from "./core/types";
import { Editor } from "./editor";
import { HttpServer } from "./server";
import { STYLE } from "./style";
import { App } from "./view/App";
import { lookInto } from "./view/machine/doing";

/** What the address asks to be shown. */
interface Focus {
  readonly graph: string;
  readonly node: string;
}

interface Component {
  readonly data: {
    readonly project: string;
    readonly preset?: string | null;
    readonly focus?: Focus | null;
    readonly run?: string | null;
  };
  readonly parentElement: HTMLElement | ShadowRoot;
  readonly setTriggerValue: (name: string, value: unknown) => void;
}

interface Mount {
  readonly root: Root;
  readonly host: HTMLElement;
  editor: Editor | undefined;
  latest: Component;
  turn: number;
  /** What was shown of what the address asked for: a person may have gone on since. */
  shown: string;
}

const mounts = new WeakMap<Node, Mount>();
let catalogue: Promise<Catalogue> | undefined;

async function fetchCatalogue(): Promise<Catalogue> {
  const answer = await fetch("/api/catalogue");
  if (!answer.ok) throw new Error(`The catalogue could not be loaded (${answer.status}).`);
  return (await answer.json()) as Catalogue;
}

export default function show(component: Component): () => void {
  const mount = mounts.get(component.parentElement) ?? start(component);
  mount.latest = component;
  mount.turn += 1;
  const { turn } = mount;
  void render(mount);
  return () => {
    if (turn === mount.turn) stop(mount, component.parentElement);
  };
}

function start(component: Component): Mount {
  const host = document.createElement("div");
  host.className = "layerloom";
  const sheet = document.createElement("style");
  sheet.textContent = STYLE;
  component.parentElement.append(sheet, host);
  const mount: Mount = { root: createRoot(host), host, editor: undefined, latest: component, turn: 0, shown: "" };
  mounts.set(component.parentElement, mount);
  return mount;
}

function stop(mount: Mount, parent: Node): void {
  mounts.delete(parent);
  mount.editor?.close();
  mount.root.unmount();
}

async function render(mount: Mount): Promise<void> {
  const { turn } = mount;
  catalogue ??= fetchCatalogue();
  const kinds = await catalogue.catch(() => undefined);
  if (!kinds) catalogue = undefined;
  if (turn !== mount.turn || !kinds) return;
  const { project, preset, focus, run } = mount.latest.data;
  if (mount.editor?.view.project === project) return showAsked(mount, focus, run);
  mount.editor?.close();
  mount.editor = new Editor(project, kinds);
  mount.editor.connect(new HttpServer(project, preset ?? undefined), (page) =>
    mount.latest.setTriggerValue("go", page),
  );
  mount.root.render(<App editor={mount.editor} key={project} />);
  showAsked(mount, focus, run);
}

/** Show what the address asks for, once, as soon as the project is there: a node, or a run in the time machine. */
function showAsked(mount: Mount, focus: Focus | null | undefined, run: string | null | undefined): void {
  const { editor } = mount;
  const wanted = JSON.stringify([editor?.view.project, focus, run]);
  if (!editor || (!focus && !run) || wanted === mount.shown) return;
  mount.shown = wanted;
  const show = () => {
    if (!editor.isReady) return false;
    if (focus) editor.reveal([focus.node], focus.graph);
    if (run) void lookInto(editor, run);
    return true;
  };
  if (show()) return;
  const stop = editor.subscribe(() => {
    if (!editor.isReady) return;
    stop();
    requestAnimationFrame(show);
  });
}
