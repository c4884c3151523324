/** The graphs of compared runs, as a Streamlit component: drawn by the canvas, and nothing on it can be changed. */

import { type Root, createRoot } from "react-dom/client";
import { STYLE } from "../canvas/style";
import { type Choosable, Graphs } from "./Graphs";
import own from "./style.css?inline";

interface Component {
  readonly data: Choosable;
  readonly parentElement: HTMLElement | ShadowRoot;
}

interface Mount {
  readonly root: Root;
  turn: number;
}

const mounts = new WeakMap<Node, Mount>();

export default function show({ data, parentElement }: Component): () => void {
  const key = JSON.stringify(data);
  const mount = mounts.get(parentElement) ?? start(parentElement);
  mount.turn += 1;
  const { turn } = mount;
  mount.root.render(<Graphs {...data} key={key} />);
  return () => {
    if (turn !== mount.turn) return;
    mounts.delete(parentElement);
    mount.root.unmount();
  };
}

function start(parent: HTMLElement | ShadowRoot): Mount {
  const host = document.createElement("div");
  host.className = "layerloom";
  const sheet = document.createElement("style");
  sheet.textContent = STYLE + own;
  parent.append(sheet, host);
  const mount: Mount = { root: createRoot(host), turn: 0 };
  mounts.set(parent, mount);
  return mount;
}
