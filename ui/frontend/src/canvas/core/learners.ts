/** What the optimizers of the training graph make of a node of a network: how each calls it, how it learns, in words. */

import { networkAt } from "./blocks/repetitions";
import { factsOfUse, nameSteps, useAt } from "./blocks/uses";
import { findNode, graphAt } from "./document";
import {
  type Choice,
  type Group,
  type Manner,
  type Share,
  type Tensor,
  changeManner,
  choiceOf,
  findShares,
  matchOf,
} from "./learning";
import {
  type Analysis,
  type Edit,
  type GraphFacts,
  type GraphNode,
  type Json,
  type Kind,
  NETWORKS,
  type Project,
  type Step,
  TRAINING,
} from "./types";

/** A node as one optimizer sees it. */
export interface Learner {
  readonly optimizer: string;
  readonly groups: readonly Group[];
  /** What a group of this optimizer calls the node. */
  readonly name: string;
  readonly tensors: readonly Tensor[];
}

export interface Sight {
  readonly project: Project;
  readonly analysis: Analysis | undefined;
  readonly path: string;
  /** The blocks that lead to the open graph. */
  readonly trail: readonly Step[];
  /** The kinds of the training graph. */
  readonly kinds: readonly Kind[];
}

/** A node as every optimizer sees that trains it; none for what learns nothing, or is called by nobody. */
export function findLearners(sight: Sight, id: string): Learner[] {
  const { project, analysis, path, trail } = sight;
  const root = (trail[0]?.[0] ?? path).slice(NETWORKS.length);
  const facts = factsOfUse(analysis?.graphs[path], useAt(analysis, trail, path));
  const way = nameSteps(analysis, trail)
    .map((step) => `${step}.`)
    .join("");
  const tensors = path === TRAINING ? [] : listTensors(project, analysis, path, facts, id);
  if (tensors.length === 0) return [];
  return listOptimizers(sight, root).map(({ id: optimizer, params }) => {
    const start = (listNetworks(params["networks"]).length > 1 ? `${root}.` : "") + way;
    const named = tensors.map(([name, axes]): Tensor => [start + name, axes]);
    return { optimizer, groups: listGroups(params["groups"]), name: start + id, tensors: named };
  });
}

const listNetworks = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const listGroups = (value: unknown): Group[] => (Array.isArray(value) ? (value as Group[]) : []);

/** The optimizers that train a network: kinds whose parameters have groups of parameters. */
function listOptimizers({ project, kinds }: Sight, network: string): GraphNode[] {
  const able = new Set(kinds.filter((kind) => "groups" in (kind.schema.properties ?? {})).map((kind) => kind.kind));
  return project.training.nodes.filter(
    (node) => able.has(node.kind) && !node.bypassed && listNetworks(node.params["networks"]).includes(network),
  );
}

/** What a node learns, blocks looked into; nothing for one that uses the weights of another. */
function listTensors(
  project: Project,
  analysis: Analysis | undefined,
  path: string,
  facts: GraphFacts | undefined,
  id: string,
): Tensor[] {
  const graph = graphAt(project, path);
  const node = graph && findNode(graph, id);
  const known = facts?.nodes[id];
  if (!node || !known?.parameters || node.weights_of) return [];
  const own = Object.entries(known.tensors ?? {}).map(([name, axes]): Tensor => [`${id}.${name}`, axes]);
  const uses = known.uses ?? [];
  const inner = uses.flatMap((use, turn) => {
    const below = NETWORKS + networkAt(node, turn);
    const inside = factsOfUse(analysis?.graphs[below], use);
    const here = uses.length > 1 ? `${id}.${turn}` : id;
    const ids = graphAt(project, below)?.nodes.map((one) => one.id) ?? [];
    const found = ids.flatMap((one) => listTensors(project, analysis, below, inside, one));
    return found.map(([name, axes]): Tensor => [`${here}.${name}`, axes]);
  });
  return [...own, ...inner];
}

/** Whether a share of a node learns in another way than everything that nobody speaks of. */
const isSpecial = ({ manner }: Share) => choiceOf(manner) !== "learns";

/** The optimizers with groups that say how these learn. */
export function listDeciding(learners: readonly Learner[]): string[] {
  const isDecided = (learner: Learner) =>
    sharesOf(learner).some((share) => isSpecial(share) || (share.group && matchOf(share.group) === learner.name));
  return [...new Set(learners.filter(isDecided).map(({ optimizer }) => optimizer))];
}

export const sharesOf = ({ groups, name, tensors }: Learner): Share[] => findShares(groups, name, tensors);

/** Edits so that nodes learn in another manner with every optimizer that trains them. */
export function learningEdits(learners: readonly Learner[], manner: Manner): Edit[] {
  const changed = new Map<string, readonly Group[]>();
  for (const { optimizer, groups, name, tensors } of learners)
    changed.set(optimizer, changeManner(changed.get(optimizer) ?? groups, name, tensors, manner));
  return [...changed].map(([id, groups]) =>
    groups.length > 0
      ? { op: "set_param", graph: TRAINING, id, name: "groups", value: groups }
      : { op: "unset_param", graph: TRAINING, id, name: "groups" },
  );
}

/** What a person would choose for all of them as they are; undefined where they learn in several ways. */
export function commonChoice(learners: readonly Learner[]): Choice | undefined {
  const choices = new Set(learners.map((learner) => choiceOf(sharesOf(learner)[0]?.manner ?? {})));
  return choices.size === 1 ? [...choices][0] : undefined;
}

/** How a node learns, a sentence for each way in which optimizers see it. */
export function tellLearning(learners: readonly Learner[]): string[] {
  const told = Map.groupBy(learners, (learner) => writeShares(learner, "•"));
  return [...told.values()].map((alike) => {
    const [first] = alike as [Learner];
    return writeShares(first, joinNames(alike.map(({ optimizer }) => optimizer)));
  });
}

function writeShares(learner: Learner, optimizers: string): string {
  const [first, ...others] = sharesOf(learner);
  if (!first) return "";
  const sentences = [`${capitalise(writeManner(first.manner, optimizers))}.`];
  if (first.group && matchOf(first.group) !== learner.name && isSpecial(first))
    sentences.push(`The group “${matchOf(first.group)}” decides it.`);
  const differing = others.filter(({ manner }) => writeManner(manner, "") !== writeManner(first.manner, ""));
  for (const { group, manner } of differing)
    sentences.push(`${group ? `“${matchOf(group)}” in it` : "The rest of it"}: ${writeManner(manner, optimizers)}.`);
  const lost = findLostDecay(learner, first);
  if (lost) sentences.push(`The weight decay is that of ${optimizers}, not that of “${matchOf(lost)}”.`);
  return sentences.join(" ");
}

/** A wider group whose weight decay no longer counts, since the node's own group comes first. */
function findLostDecay({ groups, name, tensors }: Learner, { group, manner }: Share): Group | undefined {
  if (!group || matchOf(group) !== name || typeof group["weight_decay"] === "number" || manner.frozen) return undefined;
  const others = groups.filter((one) => matchOf(one) !== name);
  const wider = findShares(others, name, tensors).map((share) => share.group);
  return wider.find((one) => typeof one?.["weight_decay"] === "number" && !matchOf(one).startsWith(`${name}.`));
}

/** How something learns, in words. */
function writeManner({ frozen, from_epoch, lr_scale }: Manner, optimizers: string): string {
  if (frozen) return `frozen, ${optimizers} changes nothing`;
  const learns = `learns with ${optimizers} at ${writeRate(lr_scale)}`;
  return from_epoch === undefined ? learns : `frozen ${countEpochs(String(from_epoch))}, then ${learns}`;
}

function writeRate(scale: Json | undefined): string {
  if (scale === undefined || scale === 1) return "the full rate";
  return typeof scale === "number" && scale > 1 ? `${scale} times the rate` : `${String(scale)} of the rate`;
}

const countEpochs = (epochs: string) => (epochs === "1" ? "for the first epoch" : `for the first ${epochs} epochs`);
const capitalise = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const joinNames = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
