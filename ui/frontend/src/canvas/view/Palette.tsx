/** The palette: every kind of this sort of graph, by family, found by what people call it. */

import { useMemo, useState } from "react";
import { OFFERS, nameOfKind } from "../core/blocks/offers";
import { addAfter, addAt } from "../core/adding";
import { groupFamilies, searchKinds } from "../core/search";
import type { Kind } from "../core/types";
import type { Editor } from "../editor";
import { Icon, lookOf } from "./icons";
import { removeFromLibrary } from "./blocks/actions";
import { useOffers } from "./blocks/offers";
import { useEditor, usePart } from "./use";

export const DRAGGED = "application/x-layerloom-kind";

/** Add a kind behind the selected node, else behind the last one. */
export function addKind(editor: Editor, kind: Kind): void {
  const [chosen] = [...editor.view.selection].slice(-1);
  const { edits, id } = chosen ? addAfter(editor.scene, kind, chosen) : addAt(editor.scene, kind, rightOf(editor));
  if (!editor.apply(edits, `add ${nameOfKind(kind)}`)) return;
  editor.useKind(kind.kind);
  editor.present([id]);
}

function rightOf(editor: Editor): readonly [number, number] {
  const nodes = editor.graph.nodes;
  if (nodes.length === 0) return [0, 0];
  return [Math.min(...nodes.map((node) => node.position[0])), Math.max(...nodes.map((node) => node.position[1])) + 96];
}

export function Palette() {
  const editor = useEditor();
  const offers = useOffers();
  const recent = usePart((view) => view.recent);
  const [query, setQuery] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const found = useMemo(() => searchKinds(offers, query, recent), [offers, query, recent]);
  const families = useMemo(
    () => (query ? [{ name: "Found", kinds: found }] : groupFamilies(offers)),
    [offers, found, query],
  );
  const toggle = (name: string) => {
    const next = new Set(closed);
    if (!next.delete(name)) next.add(name);
    setClosed(next);
  };
  return (
    <aside className="panel palette" aria-label="Layers">
      <label className="search-box">
        <Icon name="find" size={14} />
        <input
          type="search"
          placeholder="Search layers"
          aria-label="Search layers"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found[0]) addKind(editor, found[0]);
            if (event.key === "Escape") setQuery("");
          }}
        />
      </label>
      <div className="families">
        {families.map(({ name, kinds: members }) => (
          <section key={name}>
            <button type="button" className="family" aria-expanded={!closed.has(name)} onClick={() => toggle(name)}>
              <Icon name={closed.has(name) ? "up" : "down"} size={12} /> {name}
            </button>
            {!closed.has(name) && members.map((kind) => <Entry key={kind.kind} kind={kind} />)}
          </section>
        ))}
        {query && found.length === 0 ? <p className="empty">Nothing is called “{query}”.</p> : null}
      </div>
    </aside>
  );
}

function Entry({ kind }: { kind: Kind }) {
  const editor = useEditor();
  const look = lookOf(kind.family);
  const fixed = usePart((_, one) => one.fixed);
  const entry = (
    <button
      type="button"
      className="entry"
      draggable={!fixed}
      disabled={fixed !== undefined}
      title={fixed ?? kind.summary}
      style={{ "--family": look.colour } as React.CSSProperties}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, kind.kind)}
      onClick={() => addKind(editor, kind)}
    >
      <span className="node-icon">
        <Icon name={look.icon} size={14} />
      </span>
      {nameOfKind(kind)}
    </button>
  );
  return kind.family === OFFERS.own ? <OwnBlock kind={kind}>{entry}</OwnBlock> : entry;
}

/** A block of one's own can also be removed from the library. */
function OwnBlock({ kind, children }: { kind: Kind; children: React.ReactNode }) {
  const editor = useEditor();
  const label = `Remove ${nameOfKind(kind)} from my library`;
  return (
    <div className="kept-entry">
      {children}
      <button
        type="button"
        className="quiet forget"
        title={label}
        aria-label={label}
        onClick={() => void removeFromLibrary(editor, kind.offer?.id ?? "")}
      >
        <Icon name="trash" size={12} />
      </button>
    </div>
  );
}
