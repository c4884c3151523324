/** How the rows inside of opened blocks do in a run: where a block repeats, each row tells the worst of its turns. */

import { EMPTY_GRAPH } from "./document";
import type { Film } from "./film";
import type { Row } from "./outline";
import type { Step } from "./types";
import { type Vital, findVitals, worstOf } from "./vitals";

/** How the nodes of a graph are called in the run; undefined for a graph in which all bear their own names. */
export type NamesOf = (path: string) => ReadonlyMap<string, string> | undefined;

/** The state of every row below the first level at a step, by the rows' keys; `trail` led into the graph that is open. */
export function findInnerVitals(
  film: Film,
  step: number,
  rows: readonly Row[],
  trail: readonly Step[],
  namesOf: NamesOf = () => undefined,
): Map<string, Vital> {
  const found = new Map<string, Vital>();
  const known = new Map(rows.map((row) => [row.key, row]));
  const inside = Map.groupBy(
    rows.filter((row) => row.level > 1),
    (row) => parentOf(row.key),
  );
  for (const [key, members] of inside) {
    const path = members[0]?.path ?? "";
    const sight = { graph: { ...EMPTY_GRAPH, nodes: members.map((row) => row.node) }, path, names: namesOf(path) };
    for (const way of waysInto(film, path, trail, blocksOn(key, known, namesOf)))
      for (const [id, vital] of findVitals(film, step, { ...sight, trail: way }))
        keepWorse(found, `${key}/${id}`, vital);
  }
  return found;
}

const parentOf = (key: string) => key.slice(0, key.lastIndexOf("/"));

/** The blocks on the way to the rows below one of them, from outside: their graphs and how the run calls them. */
function blocksOn(key: string, known: ReadonlyMap<string, Row>, namesOf: NamesOf): (readonly [string, string])[] {
  const ids = key.split("/");
  return ids.flatMap((id, depth) => {
    const row = known.get(ids.slice(0, depth + 1).join("/"));
    const names = row && namesOf(row.path);
    return row ? [[row.path, names ? (names.get(id) ?? "") : id] as const] : [];
  });
}

/** Every way that the run knows through some blocks into a graph: one for each turn of those that repeat. */
function waysInto(
  film: Film,
  path: string,
  trail: readonly Step[],
  blocks: readonly (readonly [string, string])[],
): readonly (readonly Step[])[] {
  const depth = trail.length + blocks.length;
  const expected = [...trail, ...blocks];
  const leads = (way: readonly Step[]) =>
    expected.every(([graph, id, turn], at) => {
      const step = way[at];
      return step?.[0] === graph && step[1] === id && (turn === undefined || step[2] === turn);
    });
  const ways = film.places
    .filter((place) => leads(place.trail) && (place.trail[depth]?.[0] ?? place.graph) === path)
    .map((place) => place.trail.slice(0, depth));
  return [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()];
}

function keepWorse(found: Map<string, Vital>, key: string, vital: Vital): void {
  const known = found.get(key);
  if (!known || worstOf([known.health, vital.health]) !== known.health) found.set(key, vital);
}
