/** What decides on the part of the graph that is seen, and moves the view there. Knows of React Flow, but not of React. */

import type { ReactFlowInstance, Viewport } from "@xyflow/react";
import type { Size } from "../core/layout";
import * as sight from "../core/sight";
import type { Focus } from "../state";
import type { DrawnNode } from "./annotations/paint";
import { boxOf } from "./routes";

/** From farther away one comes nearer to a node that is looked for. */
const NEARBY = 0.5;
const CUT =
  "All of it at once could not be read, so this is where it begins. Fit once more to see all of it, however small.";

/** Why the view is as it is: the graph was opened, asked for as a whole, asked for however small, or somebody moved it. */
type Rule = "opened" | "whole" | "all" | "chosen";

const VIEWS = { opened: sight.showOpened, whole: sight.showWhole, all: sight.showAll };

interface Left {
  readonly view: Viewport;
  readonly rule: Rule;
}

export type Surface = Pick<ReactFlowInstance<DrawnNode>, "getNodes" | "getViewport" | "setViewport">;

export class Lookout {
  private rule: Rule = "opened";
  private readonly left = new Map<string, Left>();
  private path: string | undefined;
  /** The view before a panel took room from it, and how large it was. */
  private roomy: { readonly view: Viewport; readonly size: Size } | undefined;

  /** The view as it was last moved from here; undefined while it still moves. */
  private settled: Viewport | undefined;

  constructor(
    private readonly flow: Surface,
    private readonly tell: (notice: string) => void,
    private readonly duration: number,
  ) {}

  /** A person moves the view. */
  choose(): void {
    this.rule = "chosen";
    this.roomy = undefined;
  }

  /** Another graph is about to be drawn: remember how this one was left. */
  leave(path: string): void {
    if (this.path !== undefined && this.path !== path)
      this.left.set(this.path, { view: this.flow.getViewport(), rule: this.rule });
    this.path = path;
    this.roomy = undefined;
  }

  /** Show a graph that is drawn now: as it was left, if anything of it is seen so. */
  open(path: string, size: Size): void {
    const before = this.left.get(path);
    const isThere = before && this.boxes.some((box) => sight.isSeen(before.view, size, box));
    this.rule = isThere ? before.rule : "opened";
    if (isThere) this.look(before.view, 0);
    else this.follow(size, 0);
  }

  /** The window on the graph is another one. */
  resize(before: Size, after: Size): void {
    if (after.width === 0) return;
    this.notice();
    if (this.rule !== "chosen") this.follow(after, 0);
    else if (before.width > 0) this.keep(before, after);
  }

  /** Bring into sight what was asked for. */
  show({ ids, manner }: Focus, size: Size): void {
    this.roomy = undefined;
    this.notice();
    if (ids.length === 0) this.showWhole(size, manner === "asked");
    else if (manner === "calm") this.showAdded(size, this.boxesOf(ids));
    else this.showFound(size, this.boxesOf(ids), manner === "asked");
  }

  private showWhole(size: Size, isAsked: boolean): void {
    this.rule = isAsked && this.rule === "whole" ? "all" : "whole";
    this.follow(size);
    const isCut = this.rule === "whole" && sight.showAll(size, this.boxes).zoom < sight.READABLE;
    if (isAsked && isCut) this.tell(CUT);
  }

  /** Who sees the whole graph goes on to; else the view moves only if it has to, and as little as can be. */
  private showAdded(size: Size, wanted: readonly sight.Box[]): void {
    const [view, all] = [this.flow.getViewport(), this.boxes];
    const whole = this.rule === "chosen" ? undefined : VIEWS[this.rule](size, all);
    if (whole && sight.holdsAll(whole, size, all))
      return sight.holdsAll(view, size, all) ? undefined : this.look(whole);
    const next = sight.bringIntoSight(view, size, wanted);
    if (next) this.rule = "chosen";
    this.look(next);
  }

  /** What was found is looked at from where it can be read; what is asked for fills the window. */
  private showFound(size: Size, wanted: readonly sight.Box[], isAsked: boolean): void {
    if (wanted.length === 0) return;
    this.rule = "chosen";
    const view = this.flow.getViewport();
    if (isAsked || view.zoom <= NEARBY) this.look(sight.showAll(size, wanted));
    else if (!sight.holdsAll(view, size, wanted)) this.look(sight.showAll(size, wanted, view.zoom));
  }

  private keep(before: Size, after: Size): void {
    const view = this.flow.getViewport();
    const old = this.roomy;
    const kept = sight.keepInSight(view, before, after, this.boxes);
    if (kept) this.roomy ??= { view, size: { width: before.width, height: before.height } };
    const isRoomy = old && after.width >= old.size.width && after.height >= old.size.height;
    if (isRoomy) this.roomy = undefined;
    this.look(isRoomy ? old.view : kept, 0);
  }

  /** Look at the graph again for the reason for which it is looked at. */
  private follow(size: Size, duration = this.duration): void {
    const { boxes, rule } = this;
    if (rule !== "chosen" && boxes.length > 0) this.look(VIEWS[rule](size, boxes), duration);
  }

  private look(view: Viewport | undefined, duration = this.duration): void {
    if (!view) return;
    this.settled = undefined;
    void this.flow.setViewport(view, { duration }).then(() => {
      this.settled = this.flow.getViewport();
    });
  }

  /** The small map and the keys that zoom move the view, too. */
  private notice(): void {
    const { settled } = this;
    const view = this.flow.getViewport();
    const isMoved =
      settled && (["x", "y", "zoom"] as const).some((part) => Math.abs(view[part] - settled[part]) > 0.01);
    if (isMoved) this.rule = "chosen";
  }

  private get boxes(): sight.Box[] {
    return this.flow.getNodes().map(boxOf);
  }

  private boxesOf(ids: readonly string[]): sight.Box[] {
    const nodes = new Map(this.flow.getNodes().map((node) => [node.id, node]));
    return ids.flatMap((id) => nodes.get(id) ?? []).map(boxOf);
  }
}
