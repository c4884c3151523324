/** What a command is, and what it may need beside the editor. */

import type { Editor } from "../../editor";
import type { DrawnNode } from "../annotations/paint";

export type Group = "Edit" | "Add" | "Blocks" | "Select" | "Arrange" | "View" | "Graph" | "Project";

/** What a command may need beside the editor: the view of the graph and the place that is meant. */
export interface Context {
  readonly editor: Editor;
  readonly zoom: (factor: number) => void;
  /** Where the pointer is over the graph, or its upper middle: on the screen and in the graph. */
  readonly place: () => { screen: readonly [number, number]; at: readonly [number, number] };
  /** Where on the screen what is selected is, else the middle of the canvas. */
  readonly spot: () => readonly [number, number];
  /** The same place in the editor's own measure, for a box of this width. */
  readonly spotInFrame: (width: number) => readonly [number, number];
  /** What is drawn, as it is drawn. */
  readonly drawn: () => readonly DrawnNode[];
  /** Put the focus on a part of the editor. */
  readonly focus: (selector: string) => void;
}

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  readonly keys?: readonly string[];
  /** Of one of several that differ only by their direction: what they are called together. */
  readonly family?: string;
  /** Also while a field is being typed in. */
  readonly inFields?: boolean;
  /** The browser itself answers the keys, since only then it hands out the clipboard. */
  readonly isNative?: boolean;
  /** Whether it changes the document; where nothing is said, as the group does. */
  readonly changes?: boolean;
  /** Why it can do nothing now; undefined where it can. */
  readonly isOff?: (editor: Editor) => string | undefined;
  readonly run: (context: Context) => void;
}
