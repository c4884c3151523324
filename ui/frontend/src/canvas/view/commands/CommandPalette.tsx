/** Every command by its name: typed, chosen, done. */

import { useEffect, useMemo, useRef, useState } from "react";
import { searchTitles } from "../../core/search";
import { useDialog } from "../dialog";
import { Icon } from "../icons";
import { useEditor } from "../use";
import { type Context, listCommands, runCommand } from "./registry";

export function CommandPalette({ context, close }: { context: Context; close: () => void }) {
  const editor = useEditor();
  const [query, setQuery] = useState("");
  const [place, setPlace] = useState(0);
  const dialog = useDialog<HTMLDivElement>(close);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => searchTitles(listCommands(editor), query), [editor, query]);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [place]);
  const choose = (at: number) => {
    const command = found[at];
    if (!command) return;
    close();
    runCommand(command, context);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => setPlace(Math.min(found.length - 1, place + 1)),
    ArrowUp: () => setPlace(Math.max(0, place - 1)),
    Enter: () => choose(place),
    Escape: close,
  };
  return (
    <>
      <div className="veil" onPointerDown={close} />
      <div className="command-palette" role="dialog" aria-label="Commands" aria-modal="true" {...dialog}>
        <label className="search-box">
          <Icon name="find" size={14} />
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls="commands"
            aria-activedescendant={found[place] ? `command-${place}` : undefined}
            value={query}
            placeholder="What do you want to do?"
            aria-label="Search commands"
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
        <div className="results" role="listbox" id="commands" aria-label="Commands" ref={list}>
          {found.map((command, at) => {
            const reason = command.isOff?.(editor);
            return (
              <div
                key={command.id}
                id={`command-${at}`}
                role="option"
                tabIndex={-1}
                aria-selected={at === place}
                aria-disabled={reason !== undefined}
                className="command"
                title={reason}
                onPointerEnter={() => setPlace(at)}
                onClick={() => choose(at)}
                onKeyDown={() => undefined}
              >
                <span>{command.title}</span>
                <small>{command.group}</small>
                <KeyCaps keys={command.keys?.[0]} />
              </div>
            );
          })}
          {found.length === 0 ? <p className="empty">No command is called “{query}”.</p> : null}
        </div>
      </div>
    </>
  );
}

const SIGNS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

/** A chord as the caps of its keys. */
export function KeyCaps({ keys }: { keys: string | undefined }) {
  if (!keys) return <span className="caps" />;
  const parts = keys === "+" ? ["+"] : keys.split("+");
  return (
    <span className="caps">
      {parts.map((part) => (
        <kbd key={part}>{SIGNS[part] ?? part}</kbd>
      ))}
    </span>
  );
}
