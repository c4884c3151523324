import { describe, expect, it } from "vitest";
import { START, type SyncState, countEdit, countFailure, isSaved, keepMine, nextChange, receive } from "./sync";

const analysis = { graphs: {}, findings: [] };
const opened = receive(START, { revision: 5, document: { name: "x" } }).state;
const send = (state: SyncState) => nextChange(state) as SyncState;

it("a fresh canvas takes the document that comes down, also of a project never saved", () => {
  expect(receive(START, { revision: 0, document: {} }).adopt).toBe(true);
  expect(opened).toMatchObject({ revision: 5, acknowledged: 5 });
});

it("an edit is sent at once, and the next ones wait for the answer", () => {
  const sent = send(countEdit(opened));
  expect(sent).toMatchObject({ sent: 6, acknowledged: 5 });
  const waiting = countEdit(countEdit(sent));
  expect(nextChange(waiting)).toBeNull();
  const answered = receive(waiting, { revision: 6, analysis }).state;
  expect(send(answered)).toMatchObject({ sent: 8, acknowledged: 6 });
});

it("a change is saved when Python has answered it", () => {
  const sent = send(countEdit(opened));
  expect(isSaved(sent)).toBe(false);
  expect(isSaved(receive(sent, { revision: 6, analysis }).state)).toBe(true);
});

it("an answer that was overtaken is dropped", () => {
  const state = receive(send(countEdit(opened)), { revision: 6, analysis }).state;
  expect(receive(state, { revision: 5, analysis })).toMatchObject({ analysis: false, adopt: false });
});

it("what was lost on the way is sent again", () => {
  expect(send(countFailure(send(countEdit(opened))))).toMatchObject({ sent: 6, acknowledged: 5 });
});

it("a document that is older than what the canvas holds is not taken", () => {
  const ahead = countEdit(opened);
  expect(receive(ahead, { revision: 5, document: {}, analysis }).adopt).toBe(false);
});

it("a newer document from another page is taken", () => {
  expect(receive(opened, { revision: 9, document: {} })).toMatchObject({
    adopt: true,
    state: { revision: 9, acknowledged: 9 },
  });
});

describe("two tabs that disagree", () => {
  const conflict = receive(send(countEdit(opened)), { revision: 7, conflict: { revision: 7 } }).state;
  it("stop sending", () => {
    expect(conflict.conflict).toBe(7);
    expect(nextChange(countEdit(conflict))).toBeNull();
  });
  it("may keep this one, which is then made from what the other has saved", () => {
    expect(send(keepMine(conflict))).toMatchObject({ acknowledged: 7, sent: 8, conflict: null });
  });
});
