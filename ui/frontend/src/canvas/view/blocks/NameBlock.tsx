/** Asks the name of a block that was just made, at the block; Enter accepts what is there. */

import { useState } from "react";
import { findNode } from "../../core/document";
import { findFault } from "../../core/ids";
import type { Context } from "../commands/command";
import { Dialog } from "../dialogs/Dialog";
import { useEditor } from "../use";
import { nameBlock } from "./actions";

const WIDTH = 272;

export function NameBlock({ context, close }: { context: Context; close: () => void }) {
  const editor = useEditor();
  const [[left, top, block]] = useState(
    () => [...context.spotInFrame(WIDTH), [...editor.view.selection][0] ?? ""] as const,
  );
  const [name, setName] = useState(block);
  const isTaken = name !== block && (findNode(editor.graph, name) !== undefined || name in editor.project.networks);
  const fault = isTaken ? "There is a node or a network of this name." : findFault(name);
  const accept = () => {
    if (fault) return;
    close();
    nameBlock(editor, block, name);
  };
  return (
    <Dialog
      title="Name of the block"
      close={close}
      leave={accept}
      className="name-block"
      style={{ left, top, width: WIDTH }}
    >
      <input
        data-first
        aria-label="Name of the block"
        aria-invalid={fault !== undefined}
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && accept()}
      />
      <p className={fault ? "field-note fault" : "field-note"} role={fault ? "alert" : undefined}>
        {fault ?? "Enter accepts, Escape keeps the first name."}
      </p>
    </Dialog>
  );
}
