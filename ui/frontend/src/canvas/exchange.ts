/** Keeps the editor's document and Python's in step: asks for the project, sends what changed, takes the answers. */

import { joinAnalysis } from "./core/analysis";
import type { Seen } from "./core/glimpse";
import type { Walk } from "./core/stepping";
import { type Patch, findPatch } from "./core/patch";
import {
  type Answer,
  type SyncState,
  countFailure,
  isSaved,
  keepMine,
  nextChange,
  patienceAfter,
  receive,
} from "./core/sync";
import { type Analysis, NETWORKS, type Project, type Step } from "./core/types";
import { tabName } from "./memory";
import type { View } from "./state";

/** What of a project goes up. */
export interface Change {
  readonly writer: string;
  readonly base_revision: number;
  readonly revision: number;
  readonly analysed: number;
  readonly patch?: Patch;
  readonly document?: Project;
}

/** Python, as far as one project is concerned. A call fails where no answer came. */
export interface Server {
  /** The project, without the document where the canvas has this revision. */
  read(have: number): Promise<Answer>;
  analyse(): Promise<Answer>;
  save(change: Change): Promise<Answer>;
  /** One batch up to a node. Fails with the sentence that says why there is nothing to see. */
  look(graph: string, node: string, way: readonly (readonly [string, string])[]): Promise<Seen>;
  /** One step of training taken apart. Fails with the sentence that says why it cannot be taken. */
  walk(): Promise<Walk>;
}

/** A question that makes no sense to ask again. */
export class NoSuchProject extends Error {}

/** The editor, as far as its document is kept in step. */
export interface Desk {
  readonly view: View;
  readonly project: Project;
  readonly trail: readonly Step[];
  update(part: Partial<View>): void;
  take(sync: SyncState, document: Record<string, unknown> | undefined, analysis: Analysis | undefined): void;
  tell(notice: string): void;
}

export class Exchange {
  private server: Server | undefined;
  /** The document that Python has as the acknowledged revision, as it came down or went up. */
  private base: unknown;
  private isClosed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("layerloom");

  constructor(private readonly editor: Desk) {
    this.channel?.addEventListener("message", (event) =>
      this.hear(event.data as { project: string; revision: number; writer: string }),
    );
  }

  /** Begin with a fresh mount: what could not be saved before goes up, else what is newer comes down. */
  async open(server: Server): Promise<void> {
    this.server = server;
    const { sync } = this.editor.view;
    if (sync.revision > sync.acknowledged && sync.revision > 0) this.flush();
    else await this.ask();
  }

  /** What comes out of a node for one real batch, of the document as it is saved. */
  async look(graph: string, node: string): Promise<Seen> {
    await this.settle();
    if (!this.server) throw new Error("The page is not connected yet.");
    const way = this.editor.trail.map(([path, block]) => [path.slice(NETWORKS.length), block] as const);
    return this.server.look(graph, node, graph === this.editor.view.path ? way : []);
  }

  /** One step of training, of the document as it is saved. */
  async walk(): Promise<Walk> {
    await this.settle();
    if (!this.server) throw new Error("The page is not connected yet.");
    return this.server.walk();
  }

  /** The canvas is gone. What is under way or waits still goes up, nothing more comes down. */
  close(): void {
    clearTimeout(this.timer);
    this.isClosed = true;
    this.channel?.close();
  }

  /** When everything is saved, or after a while. */
  async settle(patience = 3000): Promise<void> {
    const end = Date.now() + patience;
    while (!isSaved(this.editor.view.sync) && this.editor.view.sync.refused === null && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Send what is unsaved, if nothing is under way. */
  flush(): void {
    const sync = nextChange(this.editor.view.sync);
    if (!sync || !this.server) return;
    const { project } = this.editor;
    this.editor.update({ sync });
    const patch = this.base === undefined ? undefined : (findPatch(this.base, project) ?? { in: {} });
    const change = {
      writer: tabName(),
      base_revision: sync.acknowledged,
      revision: sync.revision,
      analysed: this.editor.view.analysis ? sync.analysed : -1,
      ...(patch ? { patch } : { document: project }),
    };
    void this.send(this.server, change, project);
  }

  /** Two tabs disagree: this tab's version wins. */
  keepMine(): void {
    this.base = undefined;
    this.editor.update({ sync: keepMine(this.editor.view.sync) });
    this.flush();
  }

  /** Two tabs disagree: take what the other tab has saved. */
  takeTheirs(): void {
    const { sync } = this.editor.view;
    this.editor.update({ sync: { ...sync, conflict: null, sent: null, revision: sync.acknowledged } });
    void this.ask();
  }

  /** Whether the project has changed elsewhere; what is newer is taken. */
  async ask(): Promise<void> {
    const { server } = this;
    if (!server) return;
    try {
      const { sync, analysis } = this.editor.view;
      const answer = await server.read(sync.revision);
      if (this.isClosed) return;
      this.take(answer);
      if (!analysis || this.editor.view.sync.analysed !== answer.revision) await this.askAnalysis(server);
    } catch (error) {
      this.miss(error, () => void this.ask());
    }
  }

  private async askAnalysis(server: Server): Promise<void> {
    const answer = await server.analyse();
    if (!this.isClosed) this.take(answer);
  }

  private async send(server: Server, change: Change, document: Project): Promise<void> {
    let answer: Answer;
    try {
      answer = await server.save(change);
    } catch (error) {
      if (!this.isClosed) this.miss(error, () => this.flush());
      return;
    }
    if (answer.lacks) {
      this.base = undefined;
      this.editor.update({ sync: { ...this.editor.view.sync, sent: null } });
    } else this.accept(answer, document, server);
    this.flush();
  }

  private accept(answer: Answer, document: Project, server: Server): void {
    const before = this.editor.view.sync;
    this.take(answer);
    const { sync } = this.editor.view;
    if (sync.acknowledged > before.acknowledged) {
      this.base = document;
      this.announce(sync.acknowledged);
      if (sync.analysed < sync.acknowledged) void this.askAnalysis(server).catch(() => undefined);
    }
    if (answer.refusal) this.editor.tell(answer.refusal);
  }

  private take(answer: Answer): void {
    const { state, adopt, analysis } = receive(this.editor.view.sync, answer);
    if (adopt && answer.document) this.base = answer.document;
    this.editor.take(
      state,
      adopt ? (answer.document ?? undefined) : undefined,
      analysis ? this.read(answer) : undefined,
    );
  }

  private read(answer: Answer) {
    const { analysis } = this.editor.view;
    if (answer.analysis) return answer.analysis;
    return answer.news && analysis ? joinAnalysis(analysis, answer.news) : undefined;
  }

  /** No answer: try again later and later, for as long as it takes. */
  private miss(error: unknown, again: () => void): void {
    if (error instanceof NoSuchProject) return this.editor.tell(error.message);
    const sync = countFailure(this.editor.view.sync);
    this.editor.update({ sync });
    clearTimeout(this.timer);
    this.timer = setTimeout(again, patienceAfter(sync.failures));
  }

  private announce(revision: number): void {
    this.channel?.postMessage({ project: this.editor.view.project, revision, writer: tabName() });
  }

  private hear(message: { project: string; revision: number; writer: string }): void {
    const { sync, project } = this.editor.view;
    if (message.project !== project || message.writer === tabName() || message.revision <= sync.acknowledged) return;
    this.editor.update({ sync: { ...sync, conflict: message.revision } });
  }
}
