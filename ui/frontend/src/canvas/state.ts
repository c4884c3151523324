/** What the editor knows at a moment, all that its views show. */

import type { Library } from "./core/blocks/offers";
import type { History } from "./core/history";
import type { Picked } from "./core/picking";
import type { SyncState } from "./core/sync";
import type { Analysis, Catalogue, Edge, Position, Project, Step } from "./core/types";
import type { Panels } from "./memory";
import type { Stepping } from "./core/stepping";
import type { Versioning } from "./versions";

/** Where search was opened, and the link that waits for what is chosen. */
export interface Search {
  readonly screen: Position;
  readonly at: Position;
  /** Opened from the keyboard: what is chosen goes behind the selected node. */
  readonly byKey?: boolean;
  readonly loose?: { readonly node: string; readonly port: string; readonly isSource: boolean };
  readonly purpose?: Purpose;
}

/** What becomes of the kind that is chosen, where it is not just added. */
export type Purpose =
  | { readonly does: "replace"; readonly ids: ReadonlySet<string> }
  | { readonly does: "before" | "after"; readonly id: string }
  | { readonly does: "splice"; readonly edge: Edge };

/** What was asked to be brought into sight, the whole graph where nothing is named, and how often something was. */
export interface Focus {
  readonly ids: readonly string[];
  readonly count: number;
  /** Calmly: the view moves only as far as it must. Asked: somebody wants it so, and may want it twice. */
  readonly manner?: "calm" | "asked";
}

/** The run that is looked into: what it trained, where that is not what is being edited. */
export interface Inspected {
  readonly run: string;
  readonly project: Project | undefined;
  readonly analysis: Analysis | undefined;
}

/** What lies over the editor and takes the keyboard. */
export type Dialog =
  | "look-into-run"
  | "find"
  | "commands"
  | "keys"
  | "keep-version"
  | "connect"
  | "menu"
  | "import"
  | "name-block"
  | "remove-network";

export interface View extends Picked {
  readonly project: string;
  readonly history: History<Project>;
  readonly path: string;
  readonly catalogue: Catalogue;
  readonly analysis: Analysis | undefined;
  readonly sync: SyncState;
  readonly recent: readonly string[];
  readonly notice: string | undefined;
  readonly search: Search | undefined;
  readonly linking: { readonly node: string; readonly port: string; readonly isSource: boolean } | undefined;
  readonly focus: Focus | undefined;
  readonly dialog: Dialog | undefined;
  readonly panels: Panels;
  /** Whether the window is so narrow that panels come only when they are needed. */
  readonly isNarrow: boolean;
  /** Whether somebody asked for the properties though nothing is picked. */
  readonly isSummoned: boolean;
  /** Counts how often the canvas was given the keyboard. */
  readonly grasp: number;
  /** Whether the panel with what comes out of the selected node is open. */
  readonly glimpsing: boolean;
  /** One step of training that is looked at, moment by moment. */
  readonly stepping: Stepping | undefined;
  /** Whether the code stands beside the graph. */
  readonly coding: boolean;
  readonly versioning: Versioning;
  readonly inspected: Inspected | undefined;
  /** The link that the node which is being dragged would be put into. */
  readonly dropLink: string | undefined;
  /** The frame or note whose text is being written. */
  readonly writing: string | undefined;
  /** Where the menu of what is picked was asked for. */
  readonly menuAt: Position;
  /** The blocks that were opened on the way to this graph. */
  readonly trail: readonly Step[];
  /** Blocks that can be added to any project. */
  readonly library: Library | undefined;
}
