/** Every command by its name: typed, chosen, done. */

import { useCallback } from "react";
import { searchTitles } from "../../core/search";
import { ChoiceList } from "../choice/ChoiceList";
import { useChoice } from "../choice/useChoice";
import { Dialog } from "../dialogs/Dialog";
import { useEditor } from "../use";
import { KeyCaps } from "./KeyCaps";
import type { Command, Context } from "./command";
import { listCommands, refuseCommand, runCommand } from "./registry";

export function CommandPalette({ context, close }: { context: Context; close: () => void }) {
  const editor = useEditor();
  const find = useCallback((query: string) => searchTitles(listCommands(editor), query), [editor]);
  const choose = (command: Command) => {
    close();
    runCommand(command, context);
  };
  const choice = useChoice(find, choose);
  return (
    <Dialog title="Commands" close={close} className="command-palette">
      <ChoiceList
        choice={choice}
        label="Search commands"
        hint="What do you want to do?"
        empty={`No command is called “${choice.query}”.`}
        keyOf={(command) => command.id}
        refuse={(command) => refuseCommand(command, editor)}
        draw={(command) => (
          <>
            <span className="grow">{command.title}</span>
            <small>{command.group}</small>
            <KeyCaps keys={command.keys?.[0]} />
          </>
        )}
      />
    </Dialog>
  );
}
