/** The editor as a whole: toolbar, palette, drawing surface, inspector, findings. */

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useLayoutEffect, useRef, useState } from "react";
import type { Editor } from "../editor";
import { type Panels, recallPanels, rememberPanels } from "../memory";
import { copy, deleteSelection, duplicate, layOutGraph, linkByKey, nudge, paste, selectAll, toggleBypass, walk } from "./commands";
import { Findings } from "./Findings";
import { useFit } from "./fit";
import { Flow } from "./Flow";
import { Guard } from "./Guard";
import { Icon } from "./icons";
import { Inspector } from "./Inspector";
import { Palette } from "./Palette";
import { QuickAdd } from "./QuickAdd";
import { Toolbar } from "./Toolbar";
import { EditorContext, useEditor, usePart } from "./use";

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

function Frame() {
  const frame = useRef<HTMLDivElement>(null);
  const isReady = usePart((_, one) => one.isReady);
  const hasSelection = usePart((view) => view.selection.size > 0);
  const [panels, setPanels] = useState(recallPanels);
  const [finding, setFinding] = useState(false);
  const width = useWindowFill(frame);
  const change = (next: Panels) => {
    setPanels(next);
    rememberPanels(next);
  };
  const keyboard = useKeyboard(frame, () => setFinding(true));
  const showsInspector = panels.inspector && (width >= NARROW || hasSelection);
  return (
    <div className={`frame ${width < NARROW ? "is-narrow" : ""}`} ref={frame} tabIndex={-1} {...keyboard}>
      <Toolbar panels={panels} setPanels={change} finding={finding} setFinding={setFinding} />
      <Conflict />
      <div className="middle">
        {panels.palette ? <Palette /> : null}
        <main className="canvas" role="application" aria-label="Graph" tabIndex={0} data-canvas>
          {isReady ? <Flow /> : null}
          {isReady ? <EmptyGraph /> : null}
        </main>
        {showsInspector ? <Inspector /> : null}
      </div>
      <Findings isOpen={panels.findings} toggle={() => change({ ...panels, findings: !panels.findings })} />
      <Notice />
      <QuickAdd frame={frame} />
      <Announcer />
    </div>
  );
}

/** Fill the window from where the canvas begins, and say how wide it is. */
function useWindowFill(frame: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(window.innerWidth);
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
      <button type="button" className="primary" onClick={(event) => editor.update({ search: { screen: [event.clientX, event.clientY], at: [0, 0] } })}>
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
      <button type="button" className="repair" onClick={() => editor.takeTheirs()}>
        Show that version
      </button>
      <button type="button" className="repair" onClick={() => editor.keepMine()}>
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

/** Tells screen readers what is selected. */
function Announcer() {
  const text = usePart((view, editor) => {
    const [id] = view.selection;
    if (view.selection.size > 1) return `${view.selection.size} nodes selected`;
    const node = editor.graph.nodes.find((one) => one.id === id);
    return node ? `${node.id}, ${node.kind}, ${view.analysis?.graphs[view.path]?.nodes[node.id]?.outputs?.[0]?.label ?? ""}` : "";
  });
  return (
    <div className="unseen" aria-live="polite">
      {text}
    </div>
  );
}

const STEP = 8;
const FAR = 40;
const ARROWS: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
}

function useKeyboard(frame: React.RefObject<HTMLDivElement | null>, find: () => void) {
  const editor = useEditor();
  const flow = useReactFlow();
  const fit = useFit();
  const pointer = useRef<readonly [number, number]>([0, 0]);
  const place = (): readonly [number, number] => {
    const box = frame.current?.querySelector("[data-canvas]")?.getBoundingClientRect();
    const [x, y] = pointer.current;
    const isInside = box && x > box.left && x < box.right && y > box.top && y < box.bottom;
    return isInside || !box ? [x, y] : [box.left + box.width / 2, box.top + box.height / 3];
  };
  const inFlow = ([x, y]: readonly [number, number]): readonly [number, number] => {
    const at = flow.screenToFlowPosition({ x, y });
    return [at.x, at.y];
  };
  const withControl: Record<string, (shift: boolean) => void> = {
    z: (shift) => (shift ? editor.redo() : editor.undo()),
    y: () => editor.redo(),
    a: () => selectAll(editor),
    d: () => duplicate(editor),
    b: () => toggleBypass(editor),
    f: find,
  };
  const alone: Record<string, () => void> = {
    Delete: () => deleteSelection(editor),
    Backspace: () => deleteSelection(editor),
    Escape: () => editor.update({ selection: new Set(), edges: new Set(), linking: undefined, notice: undefined }),
    Tab: () => editor.update({ search: { screen: place(), at: inFlow(place()), byKey: true } }),
    Enter: () => frame.current?.querySelector<HTMLElement>(".inspector .form input, .inspector .form select")?.focus(),
    c: () => linkByKey(editor),
    l: () => layOutGraph(editor),
    f: () => fit(),
  };
  const act = (event: React.KeyboardEvent): boolean => {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey) {
      const command = withControl[event.key.toLowerCase()];
      command?.(event.shiftKey);
      return command !== undefined;
    }
    if (arrow && event.altKey) walk(editor, event.key);
    else if (arrow && editor.view.selection.size > 0) nudge(editor, arrow[0] * (event.shiftKey ? FAR : STEP), arrow[1] * (event.shiftKey ? FAR : STEP));
    else {
      const onCanvas = (event.target as Element).closest("[data-canvas]") !== null;
      const command = onCanvas && !(event.key === "Tab" && event.shiftKey) ? alone[event.key] : undefined;
      command?.();
      return command !== undefined;
    }
    return true;
  };
  return {
    onPointerMove: (event: React.PointerEvent) => {
      pointer.current = [event.clientX, event.clientY];
    },
    onPointerDown: (event: React.PointerEvent) => {
      if (!isTyping(event.target) && (event.target as Element).closest("[data-canvas]")) frame.current?.querySelector<HTMLElement>("[data-canvas]")?.focus({ preventScroll: true });
    },
    onKeyDown: (event: React.KeyboardEvent) => {
      const isHistory = (event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase());
      if (isTyping(event.target)) {
        if (event.key === "Escape") frame.current?.querySelector<HTMLElement>("[data-canvas]")?.focus();
        if (!isHistory) return event.stopPropagation();
      }
      if (!act(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    onCopy: (event: React.ClipboardEvent) => {
      if (isTyping(event.target) || editor.view.selection.size === 0) return;
      event.clipboardData.setData("text/plain", copy(editor));
      event.preventDefault();
    },
    onCut: (event: React.ClipboardEvent) => {
      if (isTyping(event.target) || editor.view.selection.size === 0) return;
      event.clipboardData.setData("text/plain", copy(editor));
      event.preventDefault();
      deleteSelection(editor);
    },
    onPaste: (event: React.ClipboardEvent) => {
      if (isTyping(event.target)) return;
      event.preventDefault();
      paste(editor, event.clipboardData.getData("text/plain"), inFlow(place()));
    },
  };
}

