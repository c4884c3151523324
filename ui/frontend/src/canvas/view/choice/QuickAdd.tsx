/** Search at the cursor: what to add here, or what to hang on the link that was dropped here. */

import { useCallback } from "react";
import { nameOfKind } from "../../core/blocks/offers";
import { searchKinds } from "../../core/search";
import type { Kind } from "../../core/types";
import type { Search } from "../../state";
import { useOffers } from "../blocks/offers";
import { Dialog } from "../dialogs/Dialog";
import { Icon, lookOf } from "../icons";
import { isFit, placeKind, titleOf } from "../placing";
import { useEditor, usePart } from "../use";
import { ChoiceList } from "./ChoiceList";
import { useChoice } from "./useChoice";

export function QuickAdd({ frame }: { frame: React.RefObject<HTMLDivElement | null> }) {
  const search = usePart((view) => view.search);
  return search ? <Box search={search} frame={frame} key={search.screen.join()} /> : null;
}

const WIDTH = 260;
const HEIGHT = 320;
/** More are not looked through; a longer word finds fewer. */
const MOST = 60;

function Box({ search, frame }: { search: Search; frame: React.RefObject<HTMLDivElement | null> }) {
  const editor = useEditor();
  const close = useCallback(() => editor.update({ search: undefined }), [editor]);
  const choose = (kind: Kind) => {
    placeKind(editor, kind, search);
    close();
  };
  const choice = useChoice(useFinding(search), choose, { Tab: close });
  const { title, hint } = titleOf(search);
  const box = frame.current?.getBoundingClientRect();
  const left = Math.min(search.screen[0] - (box?.left ?? 0), (box?.width ?? 800) - WIDTH - 8);
  const top = Math.min(search.screen[1] - (box?.top ?? 0), (box?.height ?? 600) - HEIGHT - 8);
  return (
    <Dialog
      title={title}
      close={close}
      className="quick-add"
      style={{ left: Math.max(8, left), top: Math.max(8, top), width: WIDTH, maxHeight: HEIGHT }}
    >
      <ChoiceList
        choice={choice}
        label="Search layers to add"
        hint={hint}
        empty={`Nothing that fits is called “${choice.query}”.`}
        keyOf={(kind) => kind.kind}
        draw={(kind) => <Offered kind={kind} />}
      />
    </Dialog>
  );
}

function Offered({ kind }: { kind: Kind }) {
  const { colour, icon } = lookOf(kind.family);
  return (
    <>
      <span className="node-icon" style={{ "--family": colour } as React.CSSProperties}>
        <Icon name={icon} size={14} />
      </span>
      <span className="grow">
        {nameOfKind(kind)}
        <small className="below" title={kind.summary}>
          {kind.summary}
        </small>
      </span>
    </>
  );
}

function useFinding(search: Search): (query: string) => Kind[] {
  const editor = useEditor();
  const offers = useOffers();
  const recent = usePart((view) => view.recent);
  return useCallback(
    (query) => {
      const fitting = offers.filter((kind) => isFit(editor, kind, search));
      return searchKinds(query ? fitting : byRecency(fitting, recent), query, recent).slice(0, MOST);
    },
    [editor, offers, recent, search],
  );
}

function byRecency(kinds: readonly Kind[], recent: readonly string[]): Kind[] {
  const order = (kind: Kind) => (recent.includes(kind.kind) ? recent.indexOf(kind.kind) : recent.length);
  return [...kinds].sort((a, b) => order(a) - order(b));
}
