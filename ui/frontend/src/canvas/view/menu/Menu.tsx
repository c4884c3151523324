/** The menu of what is selected: commands of the registry, with their keys and the reasons why they cannot be done now. */

import { useLayoutEffect, useState } from "react";
import { KeyCaps } from "../commands/KeyCaps";
import type { Command, Context } from "../commands/command";
import { findCommand, refuseCommand, runCommand } from "../commands/registry";
import { useDialog } from "../dialogs/useDialog";
import { usePart } from "../use";
import { listMenu } from "./sections";

const MARGIN = 8;

export function Menu({ context, close }: { context: Context; close: () => void }) {
  const { editor } = context;
  const at = usePart((view) => view.menuAt);
  const sections = listMenu(editor).map((ids) => ids.flatMap((id) => findCommand(id) ?? []));
  const { ref, onKeyDown } = useDialog<HTMLDivElement>(close);
  const [place, setPlace] = useState<readonly [number, number]>();
  useLayoutEffect(() => {
    const menu = ref.current;
    const frame = menu?.parentElement?.getBoundingClientRect();
    if (!menu || !frame) return;
    const fit = (wanted: number, size: number, room: number) =>
      Math.max(MARGIN, Math.min(wanted, room - size - MARGIN));
    setPlace([
      fit(at[0] - frame.left, menu.offsetWidth, frame.width),
      fit(at[1] - frame.top, menu.offsetHeight, frame.height),
    ]);
  }, [at, ref]);
  const choose = (command: Command) => {
    close();
    runCommand(command, context);
  };
  return (
    <>
      <div className="veil" onPointerDown={close} onContextMenu={(event) => event.preventDefault()} />
      <div
        ref={ref}
        className="menu"
        role="menu"
        aria-label="What can be done"
        style={{ left: place?.[0] ?? 0, top: place?.[1] ?? 0, opacity: place ? 1 : 0 }}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (!walkItems(event)) onKeyDown(event);
        }}
      >
        {sections.map((commands, section) => (
          <div key={section} role="group">
            {section > 0 ? <hr /> : null}
            {commands.map((command) => {
              const reason = refuseCommand(command, editor);
              return (
                <button
                  type="button"
                  key={command.id}
                  role="menuitem"
                  className="menu-item"
                  aria-disabled={reason !== undefined}
                  title={reason}
                  onClick={() => choose(command)}
                >
                  <span>{command.title}</span>
                  <KeyCaps keys={command.keys?.[0]} />
                </button>
              );
            })}
          </div>
        ))}
      </div>
    </>
  );
}

/** Arrows, Home and End go from item to item, a letter to the next item that begins with it. */
function walkItems(event: React.KeyboardEvent<HTMLElement>): boolean {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const here = items.findIndex((item) => item === event.target);
  const count = items.length;
  const steps: Record<string, number> = {
    ArrowDown: (here + 1) % count,
    ArrowUp: (here - 1 + count) % count,
    Home: 0,
    End: count - 1,
  };
  const letter = event.key.length === 1 && event.key !== " " ? event.key.toLowerCase() : undefined;
  const after = [...items.slice(here + 1), ...items.slice(0, here + 1)];
  const next = letter
    ? after.find((item) => item.textContent?.toLowerCase().startsWith(letter))
    : items[steps[event.key] ?? -1];
  if (!next && !letter) return false;
  event.preventDefault();
  event.stopPropagation();
  next?.focus();
  return true;
}
