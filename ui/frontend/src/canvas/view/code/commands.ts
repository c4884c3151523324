/** Code among the commands. */

import type { Command } from "../commands/command";

export const CODING: readonly Command[] = [
  {
    id: "code",
    title: "Show or hide the code",
    group: "View",
    keys: ["P"],
    run: ({ editor }) => editor.update({ coding: !editor.view.coding }),
  },
  {
    id: "import",
    title: "Import PyTorch source…",
    group: "Project",
    keys: ["Shift+P"],
    changes: true,
    run: ({ editor }) => editor.update({ dialog: "import" }),
  },
];
