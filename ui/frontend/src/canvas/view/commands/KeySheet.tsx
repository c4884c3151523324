/** All keys on one sheet, in the groups of their commands. */

import { Dialog } from "../dialogs/Dialog";
import { Icon } from "../icons";
import { KeyCaps } from "./KeyCaps";
import type { Command } from "./command";
import { COMMANDS } from "./registry";

const WITH_MOUSE: readonly (readonly [string, string])[] = [
  ["Double-click on empty canvas", "Add a node there"],
  ["Drag from a port", "Draw a link; in empty space it asks what to add"],
  ["Drag a layer, or a node without links, onto a link", "Put it in between"],
  ["Ctrl and drag, or drag with the right button", "Cut the links that are crossed"],
  ["Double-click on a link", "Lead it through a point; on the point removes it"],
  ["Drag a frame's title", "Move it with all that lies in it"],
  ["Right-click", "Menu of what is under the pointer"],
  ["Shift and drag", "Select with a box"],
  ["Double-click on a block", "Open it"],
];

export function KeySheet({ close }: { close: () => void }) {
  const groups = Map.groupBy(
    COMMANDS.filter((command) => command.keys),
    (command) => command.group,
  );
  return (
    <Dialog title="Keys" close={close} className="key-sheet">
      <header>
        <h2>Keys</h2>
        <button type="button" className="tool" aria-label="Close" onClick={close}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <div className="key-groups">
        {[...groups].map(([name, commands]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {foldFamilies(commands).map(({ title, keys }) => (
                <div key={title}>
                  <dt>{title}</dt>
                  <dd>
                    <KeyCaps keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Mouse</h3>
          <dl>
            {WITH_MOUSE.map(([gesture, effect]) => (
              <div key={gesture}>
                <dt>{gesture}</dt>
                <dd>{effect}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}

interface Line {
  readonly title: string;
  readonly keys: string | undefined;
}

/** One line for all directions: the keys are held alike, and only the arrow differs. */
function foldFamilies(commands: readonly Command[]): Line[] {
  const lines = new Map<string, Line>();
  for (const { title, family, keys } of commands) {
    const before = family === undefined ? undefined : lines.get(family);
    const key = keys?.[0];
    const name = family ?? title;
    lines.set(name, { title: name, keys: before ? `${before.keys}+${key?.split("+").at(-1)}` : key });
  }
  return [...lines.values()];
}
