import { expect, test } from "vitest";
import { joinTags } from "./texts";

test("words of one name are joined, and a new one begins at B", () => {
  expect(joinTags(["B-PER", "I-PER", "O", "O", "B-LOC", "B-LOC"])).toEqual([
    { kind: "PER", start: 0, end: 2 },
    { kind: null, start: 2, end: 4 },
    { kind: "LOC", start: 4, end: 5 },
    { kind: "LOC", start: 5, end: 6 },
  ]);
});

test("a name that goes on without a beginning stands for itself", () => {
  expect(joinTags(["I-ORG", "I-ORG", "I-PER"]).map((each) => each.kind)).toEqual(["ORG", "PER"]);
});

test("tags of another form stand for one word each", () => {
  expect(joinTags(["NOUN", "NOUN", "VERB"])).toHaveLength(3);
});
