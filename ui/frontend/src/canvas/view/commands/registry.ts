/**
 * Everything a person can do, once: the keyboard, the palette of commands, the sheet of keys and the toolbar all read it.
 *
 * A chord is written `Ctrl+Shift+Z`; `Ctrl` is the command key on a Mac. A chord without Ctrl counts only while the focus is
 * on the canvas, so that letters stay letters in fields.
 */

import { graphPaths } from "../../core/document";
import { NETWORKS, TRAINING } from "../../core/types";
import { countPicked } from "../../core/picking";
import type { Editor } from "../../editor";
import { PICTURES } from "../pictures/commands";
import { BLOCKS, listLibraryCommands } from "../blocks/commands";
import { OF_NETWORKS } from "../blocks/networks";
import { CODING } from "../code/commands";
import { MACHINE } from "../machine/commands";
import { VERSIONS } from "../versions/commands";
import { toggleProperties } from "../side";
import { toggleStepping } from "../../stepping";
import * as act from "./actions";
import { ALIGNING, ANNOTATING, REACHING } from "./arrangingCommands";
import { CLIPBOARD, duplicate } from "./clipboard";
import type { Command, Context, Group } from "./command";
import { INSERTING, LEADING, TAKING_OUT, WALKING } from "./wiringCommands";

const needsNodes = (editor: Editor) => (editor.view.selection.size > 0 ? undefined : "Select a node first.");
const needsAnything = (editor: Editor) => (countPicked(editor.view) > 0 ? undefined : "Select a node or a link first.");
const needsPlaced = ({ view }: Editor) =>
  view.selection.size + view.annotations.size + (view.point ? 1 : 0) > 0 ? undefined : "Select a node first.";

const EDIT: readonly Command[] = [
  {
    id: "undo",
    title: "Undo",
    group: "Edit",
    keys: ["Ctrl+Z"],
    inFields: true,
    isOff: (editor) => (editor.view.history.past.length > 0 ? undefined : "There is nothing to undo."),
    run: ({ editor }) => editor.undo(),
  },
  {
    id: "redo",
    title: "Redo",
    group: "Edit",
    keys: ["Ctrl+Shift+Z", "Ctrl+Y"],
    inFields: true,
    isOff: (editor) => (editor.view.history.future.length > 0 ? undefined : "There is nothing to redo."),
    run: ({ editor }) => editor.redo(),
  },
  {
    id: "delete",
    title: "Delete, and heal the link",
    group: "Edit",
    keys: ["Delete", "Backspace"],
    isOff: needsAnything,
    run: ({ editor }) => act.deleteSelection(editor),
  },
  {
    id: "duplicate",
    title: "Duplicate",
    group: "Edit",
    keys: ["Ctrl+D"],
    isOff: needsNodes,
    run: ({ editor }) => duplicate(editor),
  },
  {
    id: "bypass",
    title: "Bypass, or take part again",
    group: "Edit",
    keys: ["Ctrl+B"],
    isOff: needsNodes,
    run: ({ editor }) => act.toggleBypass(editor),
  },
];

const ADD: readonly Command[] = [
  {
    id: "add",
    title: "Add a node",
    group: "Add",
    keys: ["Tab", "Insert"],
    run: ({ editor, place }) => editor.update({ search: { ...place(), byKey: true } }),
  },
  {
    id: "link",
    title: "Start a link here, or end it here",
    group: "Add",
    keys: ["C"],
    isOff: needsNodes,
    run: ({ editor }) => act.linkByKey(editor),
  },
];

const SELECT: readonly Command[] = [
  {
    id: "select-all",
    title: "Select everything",
    group: "Select",
    keys: ["Ctrl+A"],
    run: ({ editor }) => act.selectAll(editor),
  },
  {
    id: "clear",
    title: "Select nothing, leave what was begun",
    group: "Select",
    keys: ["Escape"],
    run: ({ editor }) => act.leave(editor),
  },
  ...(["Left", "Right", "Up", "Down"] as const).map((side): Command => ({
    id: `walk-${side.toLowerCase()}`,
    title: `Walk to the next node: ${side.toLowerCase()}`,
    family: "Walk along the links, or to the next node",
    group: "Select",
    keys: [`Alt+Arrow${side}`],
    run: ({ editor }) => act.walk(editor, `Arrow${side}`),
  })),
];

const STEP = 8;
const FAR = 40;
const SIDES = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] } as const;

const ARRANGE: readonly Command[] = [
  {
    id: "layout",
    title: "Lay out the selection, or everything",
    group: "Arrange",
    keys: ["L"],
    run: ({ editor }) => act.layOutGraph(editor),
  },
  ...Object.entries(SIDES).flatMap(([side, [x, y]]): Command[] => [
    {
      id: `nudge-${side.toLowerCase()}`,
      title: `Move ${side.toLowerCase()}`,
      family: "Move what is selected",
      group: "Arrange",
      keys: [`Arrow${side}`],
      isOff: needsPlaced,
      run: ({ editor }) => act.nudge(editor, x * STEP, y * STEP),
    },
    {
      id: `nudge-far-${side.toLowerCase()}`,
      title: `Move ${side.toLowerCase()}, far`,
      family: "Move what is selected, far",
      group: "Arrange",
      keys: [`Shift+Arrow${side}`],
      isOff: needsPlaced,
      run: ({ editor }) => act.nudge(editor, x * FAR, y * FAR),
    },
  ]),
];

const VIEW: readonly Command[] = [
  { id: "fit", title: "Show everything", group: "View", keys: ["F"], run: ({ editor }) => editor.show([], "asked") },
  {
    id: "fit-selection",
    title: "Show the selection",
    group: "View",
    keys: ["Shift+F"],
    isOff: needsNodes,
    run: ({ editor }) => editor.show([...editor.view.selection], "asked"),
  },
  { id: "zoom-in", title: "Zoom in", group: "View", keys: ["+", "="], run: ({ zoom }) => zoom(1.25) },
  { id: "zoom-out", title: "Zoom out", group: "View", keys: ["-"], run: ({ zoom }) => zoom(0.8) },
  {
    id: "find",
    title: "Find a node",
    group: "View",
    keys: ["Ctrl+F"],
    run: ({ editor }) => editor.update({ dialog: "find" }),
  },
  {
    id: "commands",
    title: "All commands",
    group: "View",
    keys: ["Ctrl+K"],
    inFields: true,
    run: ({ editor }) => editor.update({ dialog: "commands" }),
  },
  {
    id: "keys",
    title: "All keys",
    group: "View",
    keys: ["?"],
    run: ({ editor }) => editor.update({ dialog: "keys" }),
  },
  {
    id: "glimpse",
    title: "Run up to here: what comes out of the selected node",
    group: "View",
    keys: ["R"],
    run: ({ editor }) => editor.update({ glimpsing: !editor.view.glimpsing }),
  },
  {
    id: "step",
    title: "Step through one training step",
    group: "View",
    keys: ["S"],
    run: ({ editor }) => toggleStepping(editor),
  },
  {
    id: "edit-properties",
    title: "Edit the properties, or the text",
    group: "View",
    keys: ["Enter"],
    isOff: needsPlaced,
    run: ({ editor, focus }) => {
      const [annotation] = editor.view.annotations;
      if (editor.view.selection.size === 0 && annotation) return editor.update({ writing: annotation });
      toggleProperties(editor, true);
      focus(".inspector .form input, .inspector .form select");
    },
  },
  {
    id: "panel-outline",
    title: "Show or hide the outline, the graph as a list",
    group: "View",
    keys: ["O"],
    run: (context) => act.toggleOutline(context),
  },
  {
    id: "menu",
    title: "Menu of what is selected",
    group: "View",
    keys: ["ContextMenu", "Shift+F10"],
    run: ({ editor, spot }) => editor.update({ dialog: "menu", menuAt: spot() }),
  },
  {
    id: "panel-inspector",
    title: "Show or hide properties",
    group: "View",
    run: ({ editor }) => toggleProperties(editor),
  },
  ...(["palette", "findings"] as const).map((panel): Command => ({
    id: `panel-${panel}`,
    title: `Show or hide ${{ palette: "layers", findings: "findings" }[panel]}`,
    group: "View",
    run: ({ editor }) => editor.setPanels({ [panel]: !editor.view.panels[panel] }),
  })),
];

const PROJECT: readonly Command[] = [
  {
    id: "train",
    title: "Train",
    group: "Project",
    keys: ["Ctrl+Enter"],
    run: ({ editor }) => void editor.go("train"),
  },
];

export const COMMANDS: readonly Command[] = [
  ...EDIT,
  ...TAKING_OUT,
  ...CLIPBOARD,
  ...ADD,
  ...INSERTING,
  ...LEADING,
  ...BLOCKS,
  ...SELECT,
  ...WALKING,
  ...REACHING,
  ...ARRANGE,
  ...ALIGNING,
  ...ANNOTATING,
  ...VIEW,
  ...PROJECT,
  ...OF_NETWORKS,
  ...VERSIONS,
  ...MACHINE,
  ...CODING,
  ...PICTURES,
];

/** The commands of this moment: the fixed ones, and one for each graph that can be opened. */
export function listCommands(editor: Editor): Command[] {
  const graphs = graphPaths(editor.drawn).map((path): Command => {
    const name = path === TRAINING ? "the training graph" : path.slice(NETWORKS.length);
    return { id: `open ${path}`, title: `Open ${name}`, group: "Graph", run: () => editor.openGraph(path) };
  });
  return [...COMMANDS, ...graphs, ...listLibraryCommands(editor)];
}

const CHANGING: readonly Group[] = ["Edit", "Add", "Blocks", "Arrange"];

/** Why a command can do nothing now; undefined where it can. */
export function refuseCommand(command: Command, editor: Editor): string | undefined {
  const changes = command.changes ?? CHANGING.includes(command.group);
  return (changes ? editor.fixed : undefined) ?? command.isOff?.(editor);
}

/** Do it, or say why it cannot be done now. */
export function runCommand(command: Command, context: Context): void {
  const reason = refuseCommand(command, context.editor);
  if (reason) context.editor.tell(reason);
  else command.run(context);
}

interface Keys {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The chord of a key press. Shift is not written where it only chose the sign, as in `?`. */
export function chordOf(keys: Keys): string {
  const key = keys.key.length === 1 ? keys.key.toUpperCase() : keys.key;
  const isSign = key.length === 1 && key.toLowerCase() === key;
  const parts = [
    (keys.ctrlKey || keys.metaKey) && "Ctrl",
    keys.altKey && "Alt",
    keys.shiftKey && !isSign && "Shift",
    key,
  ];
  return parts.filter(Boolean).join("+");
}

const byChord = new Map(COMMANDS.flatMap((command) => (command.keys ?? []).map((keys) => [keys, command] as const)));

export const findByChord = (chord: string): Command | undefined => byChord.get(chord);
export const findCommand = (id: string): Command | undefined => COMMANDS.find((command) => command.id === id);
