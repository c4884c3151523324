/** A dialog with a list to choose from. */

import { useCallback } from "react";
import { Dialog } from "../dialogs/Dialog";
import { ChoiceList } from "./ChoiceList";
import { useChoice } from "./useChoice";

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
  const find = useCallback((query: string) => findItems(items, query), [items]);
  const choice = useChoice(find, (item) => choose(item.key));
  return (
    <Dialog title={title} close={close} className="command-palette">
      <ChoiceList
        choice={choice}
        label={title}
        hint={hint}
        empty={choice.query ? `Nothing here is called “${choice.query}”.` : empty}
        keyOf={(item) => item.key}
        draw={(item) => (
          <>
            <span className="grow">{item.title}</span>
            <small>{item.note}</small>
          </>
        )}
      />
    </Dialog>
  );
}

function findItems(items: readonly Item[], query: string): Item[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => words.every((word) => `${item.title} ${item.note}`.toLowerCase().includes(word)));
}
