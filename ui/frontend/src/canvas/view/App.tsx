/** The editor as a whole: toolbar, palette, drawing surface, inspector, findings. */

import { ReactFlowProvider } from "@xyflow/react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Editor } from "../editor";
import { NETWORKS, TRAINING } from "../core/types";
import { Announcer } from "./Announcer";
import { useLibrary } from "./blocks/offers";
import { NameBlock } from "./blocks/NameBlock";
import { RemoveNetwork } from "./blocks/RemoveNetwork";
import { Trail } from "./blocks/Trail";
import { CodePanel } from "./code/CodePanel";
import { ImportDialog } from "./code/ImportDialog";
import { CommandPalette } from "./commands/CommandPalette";
import { KeySheet } from "./commands/KeySheet";
import { ConnectDialog } from "./commands/ConnectDialog";
import type { Context } from "./commands/command";
import { useContextOfCommands } from "./context";
import { Findings } from "./Findings";
import { Flow } from "./Flow";
import { Guard } from "./Guard";
import { Icon } from "./icons";
import { Glimpse } from "./glimpse/Glimpse";
import { Inspector } from "./Inspector";
import { useKeyboard } from "./keyboard";
import { ChooseRun } from "./machine/ChooseRun";
import { MachineBar } from "./machine/MachineBar";
import { RunPanel } from "./machine/RunPanel";
import { TrainingStrip } from "./machine/TrainingStrip";
import { Watching } from "./machine/Watching";
import { Menu } from "./menu/Menu";
import { Outline } from "./outline/Outline";
import { Palette } from "./Palette";
import { StepPanel } from "./stepping/StepPanel";
import { QuickAdd } from "./choice/QuickAdd";
import { sideOf } from "./side";
import { Toolbar } from "./Toolbar";
import { EditorContext, useEditor, usePart } from "./use";
import { ComparisonBar } from "./versions/ComparisonBar";
import { KeepDialog } from "./versions/KeepDialog";
import { VersionsPanel } from "./versions/VersionsPanel";

export function App({ editor }: { editor: Editor }) {
  return (
    <EditorContext value={editor}>
      <Guard>
        <ReactFlowProvider>
          <Frame />
        </ReactFlowProvider>
      </Guard>
    </EditorContext>
  );
}

const NARROW = 1000;
/** Below this the palette makes room for the code. */
const WIDE = 1600;

function Frame() {
  const frame = useRef<HTMLDivElement>(null);
  const isReady = usePart((_, one) => one.isReady);
  const panels = usePart((view) => view.panels);
  const side = usePart(sideOf);
  const coding = usePart((view) => view.coding);
  const width = useWindowFill(frame);
  const isNarrow = usePart((view) => view.isNarrow);
  const [context, point] = useContextOfCommands(frame);
  const keyboard = useKeyboard(context, point);
  useGrasp(context, isReady);
  useLibrary();
  return (
    <div className={`frame ${isNarrow ? "is-narrow" : ""}`} ref={frame} tabIndex={-1} {...keyboard}>
      <Toolbar context={context} />
      <Conflict />
      <ComparisonBar />
      <MachineBar />
      <TrainingStrip />
      <div className="middle">
        {panels.palette && side !== "run" && !(panels.outline && isNarrow) && !(coding && width < WIDE) ? (
          <Palette />
        ) : null}
        {panels.outline && isReady ? <Outline context={context} /> : null}
        <div className="stage">
          <Trail />
          <Surface>
            {isReady ? <Flow /> : null}
            {isReady ? <EmptyGraph /> : null}
          </Surface>
        </div>
        {coding ? <CodePanel /> : null}
        {side === "run" ? (
          <RunPanel />
        ) : side === "versions" ? (
          <VersionsPanel context={context} />
        ) : side === "step" ? (
          <StepPanel />
        ) : (
          <div className="side">
            {side === "properties" ? <Inspector context={context} /> : null}
            <Glimpse />
          </div>
        )}
      </div>
      <Findings />
      <Notice />
      <QuickAdd frame={frame} />
      <Dialogs context={context} />
      {isReady ? <Watching /> : null}
      <Announcer />
    </div>
  );
}

const HOW_TO =
  "Alt and the arrow keys walk from node to node, Enter edits what is selected, Tab adds a node behind it, C starts and ends " +
  "a link, Delete removes. Question mark shows all keys. O opens the outline, which is this graph as a list. Shift and Tab leave.";

/** The drawing surface as a screen reader meets it: what it is, how large, and how it is used. */
function Surface({ children }: { children: React.ReactNode }) {
  const path = usePart((view) => view.path);
  const count = usePart((_, editor) => editor.graph.nodes.length);
  const name = path === TRAINING ? "training" : path.slice(NETWORKS.length);
  return (
    <div
      className="canvas"
      role="application"
      aria-roledescription="graph editor"
      aria-label={`Graph ${name}, ${count} ${count === 1 ? "node" : "nodes"}`}
      aria-describedby="how-to"
      tabIndex={0}
      data-canvas
    >
      <p className="unseen" id="how-to">
        {HOW_TO}
      </p>
      {children}
    </div>
  );
}

/** The canvas has the keyboard when it is ready, and again whenever the editor gives it. */
function useGrasp(context: Context, isReady: boolean): void {
  const grasp = usePart((view) => view.grasp);
  const { focus } = context;
  useEffect(() => {
    if (isReady) focus("[data-canvas]");
    // The focus follows what the editor gives, not every drawing.
  }, [isReady, grasp]);
}

function Dialogs({ context }: { context: Context }) {
  const { editor } = context;
  const dialog = usePart((view) => view.dialog);
  const close = useCallback(() => editor.update({ dialog: undefined }), [editor]);
  if (dialog === "commands") return <CommandPalette context={context} close={close} />;
  if (dialog === "connect") return <ConnectDialog close={close} />;
  if (dialog === "menu") return <Menu context={context} close={close} />;
  if (dialog === "name-block") return <NameBlock context={context} close={close} />;
  if (dialog === "remove-network") return <RemoveNetwork close={close} />;
  if (dialog === "import") return <ImportDialog context={context} close={close} />;
  if (dialog === "look-into-run") return <ChooseRun close={close} />;
  if (dialog === "keep-version") return <KeepDialog close={close} />;
  return dialog === "keys" ? <KeySheet close={close} /> : null;
}

/** Fill the window from where the canvas begins, and say how wide it is. */
function useWindowFill(frame: React.RefObject<HTMLDivElement | null>): number {
  const editor = useEditor();
  const [width, setWidth] = useState(window.innerWidth);
  useLayoutEffect(() => editor.update({ isNarrow: width < NARROW }), [editor, width < NARROW]);
  useLayoutEffect(() => {
    const fill = () => {
      const element = frame.current;
      if (!element) return;
      const top = Math.max(0, element.getBoundingClientRect().top);
      element.style.height = `${Math.max(320, window.innerHeight - top)}px`;
      setWidth(window.innerWidth);
    };
    fill();
    const settled = setTimeout(fill, 300);
    window.addEventListener("resize", fill);
    return () => {
      clearTimeout(settled);
      window.removeEventListener("resize", fill);
    };
  }, [frame]);
  return width;
}

function EmptyGraph() {
  const editor = useEditor();
  const isEmpty = usePart((_, one) => one.graph.nodes.length === 0);
  if (!isEmpty) return null;
  return (
    <div className="empty-graph">
      <p>Nothing is drawn here yet.</p>
      <button
        type="button"
        className="primary"
        onClick={(event) => editor.update({ search: { screen: [event.clientX, event.clientY], at: [0, 0] } })}
      >
        <Icon name="plus" size={14} /> Add the first node
      </button>
    </div>
  );
}

function Conflict() {
  const editor = useEditor();
  const conflict = usePart((view) => view.sync.conflict);
  const unsaved = usePart((view) => view.sync.revision > view.sync.acknowledged);
  if (conflict === null) return null;
  return (
    <div className="conflict" role="alert">
      <Icon name="warning" size={14} />
      <span>This project was changed in another tab.{unsaved ? " What was changed here since is not saved." : ""}</span>
      <button type="button" className="repair" onClick={() => editor.exchange.takeTheirs()}>
        Show that version
      </button>
      <button type="button" className="repair" onClick={() => editor.exchange.keepMine()}>
        Keep this one
      </button>
    </div>
  );
}

function Notice() {
  const notice = usePart((view) => view.notice);
  return notice ? (
    <div className="notice" role="alert">
      {notice}
    </div>
  ) : null;
}
