/** The state of the canvas and everything that changes it. Knows nothing of React; views subscribe. */

import { showUse, trailOf } from "./core/blocks/uses";
import { EMPTY_GRAPH, edgeKey, fillProject, graphAt, graphPaths } from "./core/document";
import { EditError } from "./core/editParts";
import { applyEdits } from "./core/edits";
import { type History, redo, startHistory, takeStep, undo } from "./core/history";
import { spreadPiles } from "./core/layout";
import { findPatch } from "./core/patch";
import { NOTHING_PICKED, keepPicked } from "./core/picking";
import type { Scene } from "./core/ports";
import { makeRoomFor } from "./core/repairing";
import { START, type SyncState, countEdit } from "./core/sync";
import {
  type Analysis,
  type Catalogue,
  type Edge,
  type Edit,
  type Finding,
  type Graph,
  type Project,
  type Step,
  TRAINING,
} from "./core/types";
import { Exchange, type Server } from "./exchange";
import { Films } from "./films";
import { NO_VERSIONS } from "./versions";
import { type Panels, recall, recallPanels, remember, rememberPanels } from "./memory";
import type { Focus, View } from "./state";

const EMPTY_PROJECT = fillProject({});
const PAST =
  "What is shown is a run as it was, which does not change. Leave the time machine (Escape) to go on editing.";
const FIXED = "What is shown is a kept version, which does not change. Leave the comparison (Escape) to go on editing.";
const NOTICE_TIME = 5000;

export class Editor {
  view: View;
  readonly exchange: Exchange;
  readonly films: Films;
  private openPage: (page: string) => void = () => undefined;
  private isClosed = false;
  private readonly listeners = new Set<() => void>();
  private merging: { key: string; time: number } | undefined;
  private notices: ReturnType<typeof setTimeout> | undefined;

  constructor(project: string, catalogue: Catalogue) {
    const kept = recall(project);
    this.view = {
      project,
      history: kept?.history ?? startHistory(EMPTY_PROJECT),
      path: kept?.path ?? TRAINING,
      ...NOTHING_PICKED,
      catalogue,
      analysis: kept?.analysis,
      sync: kept ? { ...START, ...kept.sync, sent: null, failures: 0 } : START,
      recent: [],
      notice: undefined,
      search: undefined,
      linking: undefined,
      focus: undefined,
      dialog: undefined,
      panels: recallPanels(),
      isNarrow: false,
      isSummoned: false,
      grasp: 0,
      glimpsing: false,
      stepping: undefined,
      coding: false,
      versioning: NO_VERSIONS,
      inspected: undefined,
      dropLink: undefined,
      writing: undefined,
      menuAt: [0, 0],
      trail: [],
      library: undefined,
    };
    this.exchange = new Exchange(this);
    this.films = new Films(project);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get project(): Project {
    return this.view.history.present;
  }

  /** The document that is drawn: the one that is edited, or an older one that is only looked at. */
  get drawn(): Project {
    const { inspected, versioning } = this.view;
    return inspected?.project ?? versioning.comparison?.newer ?? this.project;
  }

  /** What is known of the document that is drawn. */
  get known(): Analysis | undefined {
    const { inspected, analysis } = this.view;
    return inspected?.project ? inspected.analysis : analysis;
  }

  get graph(): Graph {
    return graphAt(this.drawn, this.view.path) ?? EMPTY_GRAPH;
  }

  get scene(): Scene {
    const { path, catalogue } = this.view;
    return { graph: this.graph, path, catalogue, analysis: this.shown, project: this.drawn };
  }

  /** Shapes and findings as the open graph shows them: inside a block those of the use that one came through. */
  get shown(): Analysis | undefined {
    const { path, trail } = this.view;
    return showUse({ project: this.drawn, analysis: this.known, path, trail });
  }

  /** The blocks that lead to the open graph. */
  get trail(): readonly Step[] {
    const { path, trail } = this.view;
    return trailOf({ project: this.drawn, analysis: this.known, path, trail });
  }

  /** Why nothing can be changed now; undefined where it can. */
  get fixed(): string | undefined {
    if (this.view.inspected) return PAST;
    return this.view.versioning.comparison?.newer ? FIXED : undefined;
  }

  get isReady(): boolean {
    return this.view.sync.revision >= 0;
  }

  update(part: Partial<View>): void {
    const { selection } = this.view;
    this.view = { ...this.view, ...part };
    if ([...(part.selection ?? [])].some((id) => !selection.has(id))) return this.uncover();
    for (const listener of this.listeners) listener();
  }

  /** Let the properties of what is picked come forward, where the list of versions stands in their way. */
  uncover(): void {
    const { versioning } = this.view;
    const isCovered = versioning.isOpen && !versioning.comparison;
    this.update(isCovered ? { versioning: { ...versioning, isOpen: false } } : {});
  }

  /** Begin to keep in step with Python. */
  connect(server: Server, open: (page: string) => void): void {
    this.openPage = open;
    void this.exchange.open(server);
  }

  /** Open another page of the application, once everything is saved. */
  async go(page: string): Promise<void> {
    await this.exchange.settle();
    this.openPage(page);
  }

  close(): void {
    this.exchange.close();
    this.keep();
    this.isClosed = true;
  }

  /** Take what Python said: how far it is, a document that is newer, shapes and findings. */
  take(sync: SyncState, document: Record<string, unknown> | undefined, analysis: Analysis | undefined): void {
    const isFirst = this.view.sync.revision < 0;
    const part: { -readonly [K in keyof View]?: View[K] } = { sync };
    if (analysis) part.analysis = analysis;
    if (document) Object.assign(part, this.adopt(spreadPiles(fillProject(document)), isFirst));
    this.update(part);
    this.keep();
  }

  private adopt(project: Project, isFirst: boolean): Partial<View> {
    const history = isFirst
      ? startHistory(project)
      : takeStep(this.view.history, project, "change made elsewhere", this.view.path);
    const paths = graphPaths(project);
    const path = paths.includes(this.view.path) && !isFirst ? this.view.path : (paths[0] ?? TRAINING);
    return { history, path };
  }

  /**
   * Apply edits as one step of the history. Edits that follow with the same `merge` key join the step, if nothing else was
   * changed in between and so many milliseconds are not over yet.
   */
  apply(edits: readonly Edit[], label: string, merge?: string, patience = 1500): boolean {
    if (edits.length === 0) return false;
    if (this.fixed) {
      this.tell(this.fixed);
      return false;
    }
    let project: Project;
    try {
      project = applyEdits(this.project, edits);
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      this.tell(error.message);
      return false;
    }
    if (findPatch(this.project, project) === undefined) return true;
    const joins = merge !== undefined && this.merging?.key === merge && Date.now() - this.merging.time < patience;
    this.merging = merge === undefined ? undefined : { key: merge, time: Date.now() };
    this.changeHistory(takeStep(this.view.history, project, label, this.view.path, joins));
    return true;
  }

  /** Put another document in this one's place, as one step of the history. Says whether anything differed. */
  replaceProject(project: Project, label: string): boolean {
    if (findPatch(this.project, project) === undefined) return false;
    this.merging = undefined;
    this.changeHistory(takeStep(this.view.history, project, label, this.view.path));
    return true;
  }

  undo(): void {
    const step = this.view.history.past.at(-1);
    if (step) this.travel(undo(this.view.history), step.graph);
  }

  redo(): void {
    const [step] = this.view.history.future;
    if (step) this.travel(redo(this.view.history), step.graph);
  }

  private travel(history: History<Project>, path: string): void {
    this.merging = undefined;
    const isThere = graphPaths(history.present).includes(path);
    if (isThere && path !== this.view.path) this.update({ path, ...NOTHING_PICKED });
    this.changeHistory(history);
  }

  private changeHistory(history: History<Project>): void {
    if (history === this.view.history) return;
    const paths = graphPaths(history.present);
    const path = paths.includes(this.view.path) ? this.view.path : (paths[0] ?? TRAINING);
    const picked = keepPicked(this.view, graphAt(history.present, path) ?? EMPTY_GRAPH);
    this.update({ history, path, ...picked, sync: countEdit(this.view.sync) });
    this.exchange.flush();
    this.keep();
  }

  private keep(): void {
    const { project, history, path, sync, analysis } = this.view;
    if (this.isReady && !this.isClosed) remember(project, { history, path, sync, analysis });
  }

  /** Open a graph, of a block as the last step of a way shows it. */
  openGraph(path: string, trail: readonly Step[] = []): void {
    if (path !== this.view.path) this.update({ path, trail, ...NOTHING_PICKED, search: undefined });
    else if (trail.length > 0) this.update({ trail });
    this.keep();
  }

  select(ids: Iterable<string>, edges: Iterable<string> = [], annotations: Iterable<string> = []): void {
    this.update({
      selection: new Set(ids),
      edges: new Set(edges),
      annotations: new Set(annotations),
      point: undefined,
    });
  }

  /** Select nodes and bring them into sight. */
  reveal(ids: readonly string[], path = this.view.path, trail: readonly Step[] = []): void {
    if (graphPaths(this.drawn).includes(path)) this.openGraph(path, trail);
    this.select(ids);
    this.show(ids);
  }

  /** Bring nodes into sight, or all of the graph. */
  show(ids: readonly string[], manner?: Focus["manner"]): void {
    this.update({ focus: { ids, count: (this.view.focus?.count ?? 0) + 1, ...(manner && { manner }) } });
  }

  /** Select what was just added, and bring it into sight with what it is linked to. */
  present(ids: readonly string[]): void {
    this.select(ids);
    const links = this.graph.edges.filter((edge) => ids.includes(edge.source) || ids.includes(edge.target));
    this.show([...new Set([...ids, ...links.flatMap((edge) => [edge.source, edge.target])])], "calm");
  }

  repair(finding: Finding, title: string, edits: readonly Edit[]): void {
    if (!this.apply(makeRoomFor(this.project, edits), title)) return;
    this.takeFocus();
    if (finding.node && graphAt(this.project, finding.graph)?.nodes.some((node) => node.id === finding.node)) {
      this.openGraph(finding.graph);
      this.select([finding.node]);
    }
  }

  setPanels(part: Partial<Panels>): void {
    const panels = { ...this.view.panels, ...part };
    this.update({ panels });
    rememberPanels(panels);
  }

  /** Let the canvas have the keyboard again, after a button elsewhere was pressed. */
  takeFocus(): void {
    this.update({ grasp: this.view.grasp + 1 });
  }

  useKind(kind: string): void {
    this.update({ recent: [kind, ...this.view.recent.filter((one) => one !== kind)].slice(0, 8) });
  }

  tell(notice: string): void {
    this.update({ notice });
    clearTimeout(this.notices);
    this.notices = setTimeout(() => this.update({ notice: undefined }), NOTICE_TIME);
  }

  selectedEdges(): Edge[] {
    return this.graph.edges.filter((edge) => this.view.edges.has(edgeKey(edge)));
  }
}
