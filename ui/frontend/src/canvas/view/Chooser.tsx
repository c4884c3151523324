/** A list to choose from by typing, by arrows or by pointing. */

import { useEffect, useMemo, useRef, useState } from "react";
import { useDialog } from "./dialog";
import { Icon } from "./icons";

export interface Item {
  readonly key: string;
  readonly title: string;
  readonly note: string;
}

interface Props {
  readonly title: string;
  readonly hint: string;
  readonly items: readonly Item[];
  readonly empty: string;
  readonly choose: (key: string) => void;
  readonly close: () => void;
}

export function Chooser({ title, hint, items, empty, choose, close }: Props) {
  const [query, setQuery] = useState("");
  const [place, setPlace] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const dialog = useDialog<HTMLDivElement>(close);
  const found = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return items.filter((item) => words.every((word) => `${item.title} ${item.note}`.toLowerCase().includes(word)));
  }, [items, query]);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [place]);
  const take = (item: Item | undefined) => item && choose(item.key);
  const keys: Record<string, () => void> = {
    ArrowDown: () => setPlace(Math.min(found.length - 1, place + 1)),
    ArrowUp: () => setPlace(Math.max(0, place - 1)),
    Enter: () => take(found[place]),
  };
  return (
    <>
      <div className="veil" onPointerDown={close} />
      <div className="command-palette" role="dialog" aria-label={title} aria-modal="true" {...dialog}>
        <label className="search-box">
          <Icon name="find" size={14} />
          <input
            data-first
            role="combobox"
            aria-expanded="true"
            aria-controls="choices"
            aria-activedescendant={found[place] ? `choice-${place}` : undefined}
            aria-label={title}
            placeholder={hint}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setPlace(0);
            }}
            onKeyDown={(event) => {
              const act = keys[event.key];
              if (!act) return;
              event.preventDefault();
              event.stopPropagation();
              act();
            }}
          />
        </label>
        <div className="results" role="listbox" id="choices" aria-label={title} ref={list}>
          {found.map((item, at) => (
            <div
              key={item.key}
              id={`choice-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === place}
              className="command"
              onPointerEnter={() => setPlace(at)}
              onClick={() => take(item)}
              onKeyDown={() => undefined}
            >
              <span>{item.title}</span>
              <small>{item.note}</small>
            </div>
          ))}
          {found.length === 0 ? <p className="empty">{query ? `Nothing here is called “${query}”.` : empty}</p> : null}
        </div>
      </div>
    </>
  );
}
