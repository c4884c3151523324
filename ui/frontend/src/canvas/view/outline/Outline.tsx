/** The outline: the open graph once more, as a tree that the arrow keys walk. What is selected is selected on the canvas. */

import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { type GraphDifference, findDifference } from "../../core/difference";
import { type Row, buildOutline } from "../../core/outline";
import { findInnerVitals } from "../../core/innerVitals";
import { findKind } from "../../core/ports";
import { NETWORKS, TRAINING } from "../../core/types";
import type { Vital } from "../../core/vitals";
import type { Context } from "../commands/command";
import { findCommand, runCommand } from "../commands/registry";
import { rootOf } from "../dialogs/useDialog";
import { Icon, type IconName } from "../icons";
import { useWatched } from "../machine/use";
import { useEditor, usePart } from "../use";
import { type Mark, OutlineRow } from "./OutlineRow";
import { stepThrough } from "./steps";

export function Outline({ context }: { context: Context }) {
  const path = usePart((view) => view.path);
  const name = path === TRAINING ? "training" : path.slice(NETWORKS.length);
  return (
    <aside className="panel outline" aria-label="Outline">
      <header>
        <h2>Outline</h2>
        <Button id="add" icon="plus" label="Add behind the selected node" context={context} />
        <Button id="link" icon="link" label="Start or end a link at the selected node" context={context} />
        <Button id="edit-properties" icon="right" label="Edit the properties" context={context} />
        <Button id="delete" icon="trash" label="Delete the selected nodes" context={context} />
        <Button id="panel-outline" icon="close" label="Close the outline" context={context} />
      </header>
      <Tree name={name} key={path} />
      <Removed difference={useMarked().get(path)} />
    </aside>
  );
}

function Button({ id, icon, label, context }: { id: string; icon: IconName; label: string; context: Context }) {
  const command = findCommand(id);
  if (!command) return null;
  const [keys] = command.keys ?? [];
  return (
    <button
      type="button"
      className="tool"
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      onClick={() => runCommand(command, context)}
    >
      <Icon name={icon} size={14} />
    </button>
  );
}

function Tree({ name }: { name: string }) {
  const editor = useEditor();
  const tree = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useRows(open);
  const marked = useMarked();
  const inner = useInnerVitals(rows);
  const selection = usePart((view) => view.selection);
  const linking = usePart((view) => view.linking?.node);
  const hadFocus = useRef(false);
  const [cursor, setCursor] = useCursor(rows, tree, hadFocus);

  const go = (row: Row | undefined, adds = false) => {
    if (!row) return;
    setCursor(row.key);
    if (row.level > 1) editor.select([]);
    else if (adds) editor.select([...editor.view.selection, row.node.id]);
    else editor.reveal([row.node.id]);
  };
  const toggle = (row: Row) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(row.key)) next.add(row.key);
      return next;
    });
  const onKeyDown = (event: React.KeyboardEvent) => {
    const here = rows.findIndex((row) => row.key === cursor);
    const row = rows[here];
    if (event.ctrlKey || event.metaKey || event.altKey || !row) return;
    const isInside = row.level > 1;
    const step = stepThrough(event.key, rows, here);
    if (step?.toggles) toggle(row);
    else if (step) go(rows[step.to], event.shiftKey);
    else if (event.key === "Enter" && isInside) editor.reveal([row.node.id], row.path);
    else if (event.key === " ") go(row, event.shiftKey);
    else if (event.key === "Tab" || !isInside) return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (rows.length === 0) return <p className="empty">Nothing is drawn here yet.</p>;
  return (
    <div
      className="tree"
      role="tree"
      ref={tree}
      aria-label={`Nodes of ${name}`}
      aria-multiselectable="true"
      data-outline
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        hadFocus.current = true;
        if (!event.currentTarget.contains(event.relatedTarget)) findRow(event.currentTarget, cursor)?.focus();
      }}
      onBlur={(event) => {
        if (event.relatedTarget) hadFocus.current = false;
      }}
    >
      {rows.map((row) => (
        <OutlineRow
          key={row.key}
          row={row}
          kind={findKind(editor.view.catalogue, row.path, row.node.kind)}
          isSelected={row.level === 1 && selection.has(row.node.id)}
          isHere={row.key === cursor}
          mark={markOf(marked.get(row.path), row.node.id)}
          inner={inner.get(row.key)}
          isLinking={row.level === 1 && linking === row.node.id}
          go={go}
          toggle={toggle}
        />
      ))}
    </div>
  );
}

const findRow = (tree: HTMLElement, key: string | undefined) =>
  ([...tree.children] as HTMLElement[]).find((row) => row.dataset.key === key);

const NOTHING: ReadonlyMap<string, GraphDifference> = new Map();

/** What a comparison marks, graph by graph. */
function useMarked(): ReadonlyMap<string, GraphDifference> {
  const comparison = usePart((view) => view.versioning.comparison);
  const present = usePart((view) => view.history.present);
  return useMemo(
    () => (comparison ? findDifference(comparison.older, comparison.newer ?? present).graphs : NOTHING),
    [comparison, present],
  );
}

function markOf(difference: GraphDifference | undefined, id: string): Mark | undefined {
  if (difference?.added.has(id)) return "added";
  return difference?.changed.has(id) ? "changed" : undefined;
}

/** Nodes that a comparison shows as ghosts have no rows: nothing can be done with them. */
function Removed({ difference }: { difference: GraphDifference | undefined }) {
  if (!difference || difference.removed.length === 0) return null;
  return (
    <p className="removed mark-removed">
      <b className="mark" aria-hidden="true" /> removed: {difference.removed.map((node) => node.id).join(", ")}
    </p>
  );
}

function useRows(open: ReadonlySet<string>): Row[] {
  const project = usePart((_, editor) => editor.drawn);
  const path = usePart((view) => view.path);
  const analysis = usePart((_, editor) => editor.known);
  return useMemo(() => buildOutline({ project, path, analysis, open }), [project, path, analysis, open]);
}

const NO_VITALS: ReadonlyMap<string, Vital> = new Map();

/** How the rows below blocks do; those of the open graph hear of it by themselves. */
function useInnerVitals(rows: readonly Row[]): ReadonlyMap<string, Vital> {
  const watched = useWatched();
  const trail = usePart((_, editor) => editor.trail);
  return useMemo(() => {
    const isFlat = rows.every((row) => row.level === 1);
    if (!watched || isFlat) return NO_VITALS;
    return findInnerVitals(watched.film, watched.step, rows, trail, watched.namesOf);
  }, [watched, rows, trail]);
}

/** The row that Tab reaches. It follows the canvas's selection; where it was deleted, the row in its place takes over. */
function useCursor(
  rows: readonly Row[],
  tree: React.RefObject<HTMLDivElement | null>,
  hadFocus: React.RefObject<boolean>,
) {
  const editor = useEditor();
  const selection = usePart((view) => view.selection);
  const [wanted, setWanted] = useState<string>();
  const place = useRef(0);
  const seen = useRef(selection);
  let cursor = wanted;
  const last = [...selection].at(-1);
  if (selection !== seen.current && last && !selection.has(cursor ?? "")) cursor = last;
  const found = rows.findIndex((row) => row.key === cursor);
  const isGone = found < 0;
  const here = isGone ? Math.min(place.current, rows.length - 1) : found;
  const key = rows[here]?.key;

  useLayoutEffect(() => {
    place.current = here;
    seen.current = selection;
    if (key !== wanted) setWanted(key);
    const element = tree.current;
    if (!element || !key) return;
    const active = rootOf(element).activeElement;
    const row = findRow(element, key);
    const holds = active !== null && element.contains(active);
    if (holds || (hadFocus.current && (!active || active === document.body))) {
      if (active !== row) row?.focus({ preventScroll: true });
      if (isGone && wanted !== undefined && rows[here]?.level === 1) editor.select([rows[here].node.id]);
    }
    row?.scrollIntoView({ block: "nearest" });
  }, [editor, hadFocus, here, isGone, key, rows, selection, tree, wanted]);
  return [key, setWanted] as const;
}
