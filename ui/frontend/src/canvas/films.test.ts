import { afterEach, expect, it, vi } from "vitest";
import { PROJECT } from "./core/blocks/blocks.samples";
import { applyEdits } from "./core/edits";
import { findDifference } from "./core/difference";
import { news } from "./core/film.samples";
import { Films, Vitals, isOfGraphs, namesBefore } from "./films";

afterEach(() => vi.unstubAllGlobals());

const vital = (label: string) => ({ health: "fine" as const, label, told: "", trace: "" });

it("tells only the nodes whose state is another", () => {
  const vitals = new Vitals();
  const heard: string[] = [];
  for (const id of ["a", "b", "c"]) vitals.follow(id, () => heard.push(id));
  vitals.put(
    new Map([
      ["a", vital("1%")],
      ["b", vital("1%")],
    ]),
  );
  expect(heard.splice(0)).toEqual(["a", "b"]);
  const before = vitals.get("a");
  vitals.put(
    new Map([
      ["a", vital("1%")],
      ["b", vital("2%")],
    ]),
  );
  expect(heard.splice(0)).toEqual(["b"]);
  expect(vitals.get("a")).toBe(before);
  vitals.put(new Map());
  expect(heard).toEqual(["a", "b"]);
});

it("tells nobody who has gone", () => {
  const vitals = new Vitals();
  const listener = vi.fn();
  vitals.follow("a", listener)();
  vitals.put(new Map([["a", vital("1%")]]));
  expect(listener).not.toHaveBeenCalled();
});

it("takes a graph for another when it computes something else, not when it was only moved or the project renamed", () => {
  const graph = "networks.model";
  const edit = (...edits: Parameters<typeof applyEdits>[1]) => applyEdits(PROJECT, edits);
  const isOther = (project: typeof PROJECT) => isOfGraphs(findDifference(PROJECT, project));
  expect(isOther(edit({ op: "move", graph, positions: { conv1: [5, 5] } }))).toBe(false);
  expect(isOther(edit({ op: "set", path: "name", value: "Other" }))).toBe(false);
  expect(isOther(edit({ op: "set_param", graph, id: "conv1", name: "out_channels", value: 3 }))).toBe(true);
  expect(isOther(edit({ op: "remove_node", graph, id: "conv1" }))).toBe(true);
});

it("knows what nodes were called when the run began", () => {
  const graph = "networks.model";
  const after = applyEdits(PROJECT, [{ op: "rename_node", graph, id: "conv1", to: "stem" }]);
  const names = namesBefore(PROJECT, after)(graph);
  expect([names?.get("stem"), names?.get("conv1"), names?.get("relu1")]).toEqual(["conv1", undefined, "relu1"]);
  expect(namesBefore(PROJECT, PROJECT)(graph)).toBe(undefined);
});

it("asks once a second while something trains, and not while nobody looks", async () => {
  vi.useFakeTimers();
  const page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("document", page);
  const asked: string[] = [];
  let status = "running";
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address.replace(/^\/api\//, ""));
    const answer = address.endsWith("/runs")
      ? [{ id: "one", name: "One", status, step: 1, steps: 2, created: null }]
      : address.endsWith("/project")
        ? { document: {} }
        : news({ status });
    return Promise.resolve({ ok: true, json: () => Promise.resolve(answer) });
  });
  const films = new Films("mine");
  const stop = films.follow();
  await vi.advanceTimersByTimeAsync(10);
  expect(asked.splice(0)).toEqual(["projects/mine/runs", "runs/one/film?since=0", "runs/one/project"]);
  expect(films.state.live?.film.run).toBe("one");
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked.splice(0)).toEqual(["runs/one/film?since=3", "runs/one/film?since=3"]);
  page.hidden = true;
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked.splice(0)).toEqual([]);
  page.hidden = false;
  status = "finished";
  page.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(10);
  expect(asked.splice(0)).toEqual(["runs/one/film?since=3"]);
  expect(films.state.live?.film.status).toBe("finished");
  await vi.advanceTimersByTimeAsync(6000);
  expect(asked.splice(0)).toEqual(["projects/mine/runs", "projects/mine/runs"]);
  films.hide();
  expect(films.state.live).toBe(undefined);
  stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toEqual([]);
  vi.useRealTimers();
});
