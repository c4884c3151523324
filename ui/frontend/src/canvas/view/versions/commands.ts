/** Versions among the commands. */

import type { Command } from "../commands/command";
import { leaveComparison, toggleVersions } from "./doing";

export const VERSIONS: readonly Command[] = [
  {
    id: "keep-version",
    title: "Keep this version…",
    group: "Project",
    keys: ["Ctrl+Shift+S"],
    inFields: true,
    run: ({ editor }) => editor.update({ dialog: "keep-version" }),
  },
  {
    id: "versions",
    title: "Versions: compare, go back",
    group: "Project",
    keys: ["V"],
    run: (context) => toggleVersions(context),
  },
  {
    id: "leave-comparison",
    title: "Leave the comparison (Escape)",
    group: "Project",
    isOff: (editor) => (editor.view.versioning.comparison ? undefined : "Nothing is being compared."),
    run: ({ editor }) => leaveComparison(editor),
  },
];
