/** Search at the cursor: what to add here, or what to hang on the link that was dropped here. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { nameOfKind } from "../core/blocks/offers";
import { searchKinds } from "../core/search";
import type { Kind } from "../core/types";
import type { Search } from "../editor";
import { useDialog } from "./dialog";
import { Icon, lookOf } from "./icons";
import { isFit, placeKind, titleOf } from "./placing";
import { useOffers } from "./blocks/offers";
import { useEditor, usePart } from "./use";

export function QuickAdd({ frame }: { frame: React.RefObject<HTMLDivElement | null> }) {
  const search = usePart((view) => view.search);
  return search ? <Box search={search} frame={frame} key={search.screen.join()} /> : null;
}

const WIDTH = 260;
const HEIGHT = 320;

function Box({ search, frame }: { search: Search; frame: React.RefObject<HTMLDivElement | null> }) {
  const editor = useEditor();
  const offers = useOffers();
  const recent = usePart((view) => view.recent);
  const [query, setQuery] = useState("");
  const [place, setPlace] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    const fitting = offers.filter((kind) => isFit(editor, kind, search));
    return searchKinds(query ? fitting : byRecency(fitting, recent), query, recent);
  }, [editor, offers, query, recent, search]);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [place]);
  const close = useCallback(() => editor.update({ search: undefined }), [editor]);
  const dialog = useDialog<HTMLDivElement>(close);
  const choose = (kind: Kind | undefined) => {
    if (!kind) return;
    placeKind(editor, kind, search);
    close();
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => setPlace(Math.min(found.length - 1, place + 1)),
    ArrowUp: () => setPlace(Math.max(0, place - 1)),
    Enter: () => choose(found[place]),
    Escape: close,
    Tab: close,
  };
  const { title, hint } = titleOf(search);
  const box = frame.current?.getBoundingClientRect();
  const left = Math.min(search.screen[0] - (box?.left ?? 0), (box?.width ?? 800) - WIDTH - 8);
  const top = Math.min(search.screen[1] - (box?.top ?? 0), (box?.height ?? 600) - HEIGHT - 8);
  return (
    <>
      <div className="veil" onPointerDown={close} />
      <div
        className="quick-add"
        role="dialog"
        aria-label={title}
        aria-modal="true"
        {...dialog}
        style={{ left: Math.max(8, left), top: Math.max(8, top), width: WIDTH, maxHeight: HEIGHT }}
      >
        <label className="search-box">
          <Icon name="find" size={14} />
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls="found-kinds"
            aria-activedescendant={found[place] ? `found-kind-${place}` : undefined}
            value={query}
            placeholder={hint}
            aria-label="Search layers to add"
            onChange={(event) => {
              setQuery(event.target.value);
              setPlace(0);
            }}
            onKeyDown={(event) => {
              const act = keys[event.key];
              if (!act) return;
              event.stopPropagation();
              event.preventDefault();
              act();
            }}
          />
        </label>
        <div className="results" role="listbox" id="found-kinds" aria-label="What was found" ref={list}>
          {found.slice(0, 60).map((kind, at) => (
            <div
              key={kind.kind}
              id={`found-kind-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === place}
              className="result"
              onPointerEnter={() => setPlace(at)}
              onClick={() => choose(kind)}
              onKeyDown={() => undefined}
              style={{ "--family": lookOf(kind.family).colour } as React.CSSProperties}
            >
              <span className="node-icon">
                <Icon name={lookOf(kind.family).icon} size={14} />
              </span>
              <span>
                {nameOfKind(kind)}
                <small>{kind.summary}</small>
              </span>
            </div>
          ))}
          {found.length === 0 ? <p className="empty">Nothing that fits is called “{query}”.</p> : null}
        </div>
      </div>
    </>
  );
}

function byRecency(kinds: readonly Kind[], recent: readonly string[]): Kind[] {
  const order = (kind: Kind) => (recent.includes(kind.kind) ? recent.indexOf(kind.kind) : recent.length);
  return [...kinds].sort((a, b) => order(a) - order(b));
}
