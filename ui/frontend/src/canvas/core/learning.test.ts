import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type Group,
  type Tensor,
  BEGINNINGS,
  changeManner,
  choiceOf,
  findGroup,
  findShares,
  isMatched,
  mannerOf,
} from "./learning";

interface Fixture {
  readonly groups: readonly string[];
  readonly tensors: Readonly<Record<string, number>>;
  readonly taken: readonly (number | null)[];
}

const FILE = new URL("../../../../../tests/fixtures/groups.json", import.meta.url);
const FIXTURES = JSON.parse(readFileSync(FILE, "utf-8")) as Record<string, Fixture>;

const BLOCK: Tensor[] = [
  ["layer1.conv1.weight", 4],
  ["layer1.bn1.weight", 1],
  ["layer1.bn1.bias", 1],
  ["layer1.conv2.weight", 4],
];
const CONV: Tensor[] = [
  ["conv1.weight", 4],
  ["conv1.bias", 1],
];
const INNER = BLOCK.slice(0, 1);
const { frozen, slower, later, learns } = BEGINNINGS;
const tell = (groups: readonly Group[], name: string, tensors: readonly Tensor[]) =>
  findShares(groups, name, tensors).map(({ group, manner }) => [group?.["match"] ?? "", choiceOf(manner)]);

describe("groups take here what they take in Python", () => {
  it.each(Object.entries(FIXTURES))("%s", (_, { groups, tensors, taken }) => {
    const listed = groups.map((match) => ({ match }));
    expect(Object.entries(tensors).map((tensor) => findGroup(listed, tensor) ?? null)).toEqual(taken);
  });
});

describe("a node that is frozen", () => {
  it("gets a group of its own, which goes again when it learns", () => {
    const groups = changeManner([], "conv1", CONV, frozen);
    expect(groups).toEqual([{ match: "conv1", frozen: true }]);
    expect(tell(groups, "conv1", CONV)).toEqual([["conv1", "frozen"]]);
    expect(changeManner(groups, "conv1", CONV, learns)).toEqual([]);
  });
  it("has its group in its place when it learns in another way", () => {
    const groups = [{ match: "conv1", frozen: true, weight_decay: 0 }, { match: "fc" }];
    expect(changeManner(groups, "conv1", CONV, later)).toEqual([
      { match: "conv1", weight_decay: 0, from_epoch: 1 },
      { match: "fc" },
    ]);
    expect(changeManner(groups, "conv1", CONV, learns)[0]).toEqual({ match: "conv1", weight_decay: 0 });
  });
  it("comes before the groups that take some of it", () => {
    const decay = { match: "biases_and_norms", weight_decay: 0 };
    const groups = changeManner([{ match: "fc" }, decay], "conv1", CONV, frozen);
    expect(groups).toEqual([{ match: "fc" }, { match: "conv1", frozen: true }, decay]);
    expect(changeManner(groups, "conv1", CONV, learns)).toEqual([{ match: "fc" }, decay]);
  });
});

describe("a node inside of what is frozen", () => {
  const groups = [{ match: "layer*", frozen: true, weight_decay: 0.1 }];
  it("is told with the group that decides it", () => {
    expect(tell(groups, "layer1.conv1", INNER)).toEqual([["layer*", "frozen"]]);
  });
  it("learns by a group that says nothing but its name and what the wider one says of other things", () => {
    const learning = changeManner(groups, "layer1.conv1", INNER, learns);
    expect(learning).toEqual([{ match: "layer1.conv1", weight_decay: 0.1 }, ...groups]);
    expect(tell(learning, "layer1.conv1", INNER)).toEqual([["layer1.conv1", "learns"]]);
    expect(tell(learning, "layer1", BLOCK)).toEqual([
      ["layer*", "frozen"],
      ["layer1.conv1", "learns"],
    ]);
  });
  it("keeps a say of its own when the block around it changes", () => {
    const inner = { match: "layer1.conv1", lr_scale: 0.5 };
    const norms = { match: "biases_and_norms", frozen: true };
    const changed = changeManner([norms, inner], "layer1", BLOCK, slower);
    expect(changed).toEqual([inner, { match: "layer1", lr_scale: 0.1 }, norms]);
  });
});

it("whatever the groups are, a node learns as it was told and everything else as before", () => {
  const matches = [
    "biases_and_norms",
    "layer1",
    "layer*",
    "layer1.conv1",
    "*.weight",
    "conv1",
    "*",
    "*.bn1",
    "layer1.*",
  ];
  const manners = [{}, frozen, slower, later, { weight_decay: 0 }];
  const pick = <T>(list: readonly T[], number: number) => list[number % list.length] as T;
  const nodes: [string, Tensor[]][] = [["layer1", BLOCK], ["conv1", CONV], ["layer1.conv1", INNER]]; // prettier-ignore
  const all = [...BLOCK, ...CONV];
  for (let seed = 0; seed < 1000; seed += 1) {
    const groups = [0, 1, 2]
      .slice(0, seed % 4)
      .map((at) => ({ match: pick(matches, (seed * 7 + at * 31) >> at), ...pick(manners, (seed >> at) + at * 3) }));
    const [name, tensors] = pick(nodes, seed);
    const manner = pick([learns, frozen, slower, later], seed >> 2);
    const changed = changeManner(groups, name, tensors, manner);
    for (const tensor of all) {
      const [before, after] = [groups, changed].map((list) => list[findGroup(list, tensor) ?? -1]);
      if (!tensors.includes(tensor)) expect([after, groups]).toEqual([before, groups]);
      else if (!isOfPart(after, name))
        expect([choiceOf(mannerOf(after ?? {})), changed]).toEqual([choiceOf(manner), changed]);
    }
    expect(changeManner(changed, name, tensors, manner)).toEqual(changed);
  }
  function isOfPart(group: Group | undefined, name: string) {
    const match = String(group?.["match"] ?? "");
    const tensors = nodes.find(([other]) => other === name)?.[1] ?? [];
    return match.startsWith(`${name}.`) && !tensors.every((tensor) => isMatched(match, tensor));
  }
});
