/**
 * How the tensors of a node learn: which group of an optimizer takes them, and groups so that they learn otherwise.
 * The twin of `builder/parts/parameter_groups.py`; `tests/fixtures/groups.json` holds the two together.
 */

import { fitsGlob } from "./globs";
import { sameValue } from "./schema";
import type { Json, Params } from "./types";

export const BIASES_AND_NORMS = "biases_and_norms";

export type Group = Params;

/** Something that learns: its name, and its number of axes. */
export type Tensor = readonly [name: string, axes: number];

/** The parameters of a group that say how its members learn. */
const MANNER = ["frozen", "from_epoch", "lr_scale"] as const;

export type Manner = Readonly<Partial<Record<(typeof MANNER)[number], Json>>>;

/** What a person chooses between. */
export const CHOICES = ["learns", "slower", "later", "frozen"] as const;
export type Choice = (typeof CHOICES)[number];

/** What each choice begins with. */
export const BEGINNINGS: Readonly<Record<Choice, Manner>> = {
  learns: {},
  slower: { lr_scale: 0.1 },
  later: { from_epoch: 1 },
  frozen: { frozen: true },
};

export const matchOf = (group: Group): string =>
  typeof group["match"] === "string" ? group["match"] : BIASES_AND_NORMS;

/** Whether a tensor is of a group. */
export function isMatched(match: string, [name, axes]: Tensor): boolean {
  return match === BIASES_AND_NORMS ? axes < 2 : fitsGlob(match, name) || fitsGlob(`${match}.*`, name);
}

/** The number of the first group that takes a tensor; undefined where none does. */
export function findGroup(groups: readonly Group[], tensor: Tensor): number | undefined {
  const found = groups.findIndex((group) => isMatched(matchOf(group), tensor));
  return found < 0 ? undefined : found;
}

/** How the members of a group learn, as far as it is not as usual. */
export function mannerOf(group: Group): Manner {
  const { frozen, from_epoch, lr_scale } = group;
  if (frozen === true) return { frozen };
  return {
    ...(from_epoch !== undefined && from_epoch !== 0 && { from_epoch }),
    ...(lr_scale !== undefined && lr_scale !== null && { lr_scale }),
  };
}

export function choiceOf(manner: Manner): Choice {
  if (manner.frozen) return "frozen";
  if (manner.from_epoch !== undefined) return "later";
  return manner.lr_scale !== undefined ? "slower" : "learns";
}

/** Tensors of a node that learn alike, and the group that decides it; undefined where none does. */
export interface Share {
  readonly group: Group | undefined;
  readonly manner: Manner;
  readonly count: number;
}

/** How the tensors of a node learn: the group of its own name first, else what decides for most of them. */
export function findShares(groups: readonly Group[], name: string, tensors: readonly Tensor[]): Share[] {
  const members = Map.groupBy(tensors, (tensor) => findGroup(groups, tensor));
  const shares = [...members].map(([place, { length }]): Share => {
    const group = place === undefined ? undefined : groups[place];
    return { group, manner: group ? mannerOf(group) : {}, count: length };
  });
  const isOwn = ({ group }: Share) => Number(group !== undefined && matchOf(group) === name);
  return shares.sort((a, b) => isOwn(b) - isOwn(a) || b.count - a.count);
}

/** Whether every tensor of a node that has no say of its own inside learns as usual. */
const learnsFully = (groups: readonly Group[], name: string, tensors: readonly Tensor[]) =>
  findShares(groups, name, tensors).every(
    ({ group, manner }) => choiceOf(manner) === "learns" || (group && isInside(group, name, tensors)),
  );

/** Whether a group is of something inside a node, and not of all of it. */
const isInside = (group: Group, name: string, tensors: readonly Tensor[]) =>
  matchOf(group).startsWith(`${name}.`) && !tensors.every((tensor) => isMatched(matchOf(group), tensor));

/**
 * Groups in which a node learns in another manner. Its group goes before every wider one that takes some of it, since the
 * first that matches counts, and behind those of what is inside it, which stay as they are. It keeps its weight decay.
 */
export function changeManner(
  groups: readonly Group[],
  name: string,
  tensors: readonly Tensor[],
  manner: Manner,
): readonly Group[] {
  const own = groups.find((group) => matchOf(group) === name);
  const others = groups.filter((group) => matchOf(group) !== name);
  const without = settingsWithout(others, name, tensors);
  const kept = own ? settingsOf(own) : without;
  const isPlain = choiceOf(manner) === "learns" && sameValue(kept, without);
  if (isPlain && learnsFully(others, name, tensors)) return others;
  return place(groups, { match: name, ...kept, ...manner }, tensors);
}

/** What one wider group sets for the whole of a node that has none of its own. */
function settingsWithout(groups: readonly Group[], name: string, tensors: readonly Tensor[]): Params {
  const shares = findShares(groups, name, tensors).filter(({ group }) => !group || !isInside(group, name, tensors));
  return shares.length === 1 ? settingsOf(shares[0]?.group) : {};
}

/** What a group sets besides its name and the manner in which it learns. */
const settingsOf = (group: Group = {}): Params =>
  Object.fromEntries(
    Object.entries(group).filter(([name]) => name !== "match" && !(MANNER as readonly string[]).includes(name)),
  );

function place(groups: readonly Group[], own: Group, tensors: readonly Tensor[]): readonly Group[] {
  const name = matchOf(own);
  const before = groups.findIndex((group) => matchOf(group) === name);
  const isRival = (group: Group) =>
    matchOf(group) !== name &&
    !isInside(group, name, tensors) &&
    tensors.some((tensor) => isMatched(matchOf(group), tensor));
  const rival = groups.findIndex(isRival);
  if (before >= 0 && (rival < 0 || before < rival)) return groups.with(before, own);
  const others = groups.filter((group) => matchOf(group) !== name);
  const inside = others.filter((group) => isInside(group, name, tensors));
  const outside = others.filter((group) => !inside.includes(group));
  const at = outside.findIndex(isRival);
  return outside.toSpliced(at < 0 ? outside.length : at, 0, ...inside, own);
}
