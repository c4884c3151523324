/** The time machine among the commands. */

import type { Editor } from "../../editor";
import type { Command } from "../commands/command";
import { chooseRun, leaveMachine, move, play } from "./doing";

const needsRun = (editor: Editor) =>
  editor.view.inspected ? undefined : "Look into a run first: the command of that name opens the time machine.";

export const MACHINE: readonly Command[] = [
  {
    id: "look-into-run",
    title: "Look into a run: the time machine",
    group: "Project",
    keys: ["T"],
    run: ({ editor }) => void chooseRun(editor),
  },
  {
    id: "earlier",
    title: "Time machine: earlier",
    group: "Project",
    keys: [","],
    isOff: needsRun,
    run: ({ editor }) => move(editor, -1),
  },
  {
    id: "later",
    title: "Time machine: later",
    group: "Project",
    keys: ["."],
    isOff: needsRun,
    run: ({ editor }) => move(editor, 1),
  },
  {
    id: "play",
    title: "Time machine: play, or stand still",
    group: "Project",
    keys: ["K"],
    isOff: needsRun,
    run: ({ editor }) => play(editor),
  },
  {
    id: "leave-run",
    title: "Leave the time machine (Escape)",
    group: "Project",
    isOff: needsRun,
    run: ({ editor }) => leaveMachine(editor),
  },
];
