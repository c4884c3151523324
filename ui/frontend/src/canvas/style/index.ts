/** The canvas's style, one file a part of the screen. */

import flow from "@xyflow/react/dist/style.css?inline";
import annotations from "./annotations.css?inline";
import away from "./away.css?inline";
import base from "./base.css?inline";
import blocks from "./blocks.css?inline";
import code from "./code.css?inline";
import dialogs from "./dialogs.css?inline";
import findings from "./findings.css?inline";
import glimpse from "./glimpse.css?inline";
import inspector from "./inspector.css?inline";
import machine from "./machine.css?inline";
import outline from "./outline.css?inline";
import panels from "./panels.css?inline";
import search from "./search.css?inline";
import stepping from "./stepping.css?inline";
import surface from "./surface.css?inline";
import toolbar from "./toolbar.css?inline";
import versions from "./versions.css?inline";
import wiring from "./wiring.css?inline";
import languages from "../../livechart/languages.css?inline";
import texts from "../../livechart/texts.css?inline";

export const STYLE = [
  flow,
  base,
  toolbar,
  panels,
  outline,
  surface,
  away,
  wiring,
  annotations,
  search,
  inspector,
  glimpse,
  code,
  blocks,
  dialogs,
  findings,
  versions,
  machine,
  stepping,
  texts,
  languages,
].join("\n");
