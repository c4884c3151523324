import { expect, it } from "vitest";
import { LONGEST, pack, redo, startHistory, takeStep, undo, unpack } from "./history";

const three = () => takeStep(takeStep(startHistory("a"), "b", "to b", "g"), "c", "to c", "g");

it("undo goes back and redo comes again", () => {
  const back = undo(undo(three()));
  expect(back.present).toBe("a");
  expect(redo(back).present).toBe("b");
  expect(redo(redo(redo(back))).present).toBe("c");
});

it("undo at the beginning changes nothing", () => {
  const history = startHistory("a");
  expect(undo(history)).toBe(history);
});

it("a step after an undo forgets what was undone", () => {
  const history = takeStep(undo(three()), "d", "to d", "g");
  expect(history.future).toEqual([]);
  expect(undo(history).present).toBe("b");
});

it("steps that join are undone as one", () => {
  const typed = takeStep(takeStep(startHistory("1"), "12", "type", "g"), "123", "type", "g", true);
  expect(undo(typed).present).toBe("1");
});

it("a step that changes nothing is none", () => {
  const history = startHistory({ a: 1 });
  expect(takeStep(history, history.present, "nothing", "g")).toBe(history);
});

it("the oldest steps fall off at the end", () => {
  let history = startHistory(0);
  for (let step = 1; step <= LONGEST + 10; step += 1) history = takeStep(history, step, "count", "g");
  expect(history.past.length).toBe(LONGEST);
});

it("packing writes what documents share once, and unpacking gives the same back", () => {
  const shared = { deep: Array.from({ length: 50 }, (_, at) => ({ at, name: `node ${at}` })) };
  const value = {
    past: [
      { shared, x: [1, [2]] },
      { shared, x: null },
    ],
    present: { shared, text: 'with "quotes"' },
  };
  expect(unpack(pack(value))).toEqual(value);
  expect(pack(value).length).toBeLessThan(JSON.stringify(value).length * 0.7);
  const again = unpack(pack(value)) as typeof value;
  expect(again.past[0]?.shared).toBe(again.present.shared);
});
