import { expect, it } from "vitest";
import { LONGEST, packHistory, redo, startHistory, takeStep, undo, unpackHistory } from "./history";

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

it("a history is written as its document and small steps, and read back as it was", () => {
  const nodes = Array.from({ length: 200 }, (_, at) => ({ id: `n${at}`, params: {} as object }));
  let history = startHistory({ nodes, name: 'with "quotes"' });
  for (let step = 0; step < 20; step += 1) {
    const changed = {
      ...history.present,
      nodes: history.present.nodes.with(step, { id: `n${step}`, params: { step } }),
    };
    history = takeStep(history, step % 3 ? changed : { ...changed, name: `step ${step}` }, `step ${step}`, "model");
  }
  history = undo(undo(undo(history)));
  const text = packHistory(history);
  expect(unpackHistory(text)).toEqual(history);
  expect(text.length).toBeLessThan(2 * JSON.stringify(history.present).length);
  const again = unpackHistory<typeof history.present>(text);
  expect(again.past[3]?.document.nodes[150]).toBe(again.present.nodes[150]);
});
