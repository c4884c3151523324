/**
 * The difference between two documents, told by identity: what was not changed is the same object. Small for a small
 * change, whatever the document. `ui/canvas/patch.py` says what a patch is; the files under `tests/fixtures/patches`
 * hold the two sides together.
 */

export type Patch =
  | { readonly to: unknown }
  | { readonly in: Readonly<Record<string, Patch>>; readonly out?: readonly string[] }
  | { readonly at: number; readonly cut: number; readonly put: readonly unknown[] }
  | { readonly each: Readonly<Record<string, Patch>> };

type Parts = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Parts =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What makes `after` of `before`; undefined where they are the same. */
export function findPatch(before: unknown, after: unknown): Patch | undefined {
  if (Object.is(before, after)) return undefined;
  if (Array.isArray(before) && Array.isArray(after)) return patchList(before, after);
  if (isObject(before) && isObject(after)) return patchObject(before, after);
  return { to: after };
}

function patchObject(before: Parts, after: Parts): Patch | undefined {
  const out = Object.keys(before).filter((key) => !(key in after) || after[key] === undefined);
  const changed = Object.entries(after)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, key in before ? findPatch(before[key], value) : { to: value }] as const)
    .filter((pair): pair is readonly [string, Patch] => pair[1] !== undefined);
  if (changed.length === 0 && out.length === 0) return undefined;
  return out.length > 0 ? { in: Object.fromEntries(changed), out } : { in: Object.fromEntries(changed) };
}

function patchList(before: readonly unknown[], after: readonly unknown[]): Patch | undefined {
  if (before.length === after.length) {
    const changed = after
      .map((item, place) => [String(place), findPatch(before[place], item)] as const)
      .filter((pair): pair is readonly [string, Patch] => pair[1] !== undefined);
    return changed.length > 0 ? { each: Object.fromEntries(changed) } : undefined;
  }
  let at = 0;
  while (at < before.length && at < after.length && Object.is(before[at], after[at])) at += 1;
  let [oldEnd, newEnd] = [before.length, after.length];
  while (oldEnd > at && newEnd > at && Object.is(before[oldEnd - 1], after[newEnd - 1])) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  return { at, cut: oldEnd - at, put: after.slice(at, newEnd) };
}

/** Apply a patch. Throws where it was made from another value. */
export function applyPatch(value: unknown, patch: Patch): unknown {
  if ("to" in patch) return patch.to;
  if ("put" in patch) {
    if (!Array.isArray(value) || patch.at + patch.cut > value.length) throw new Error("The patch does not fit.");
    return value.toSpliced(patch.at, patch.cut, ...patch.put);
  }
  if ("each" in patch) {
    if (!Array.isArray(value)) throw new Error("The patch does not fit.");
    const changed: unknown[] = [...value];
    for (const [place, part] of Object.entries(patch.each))
      changed[Number(place)] = applyPatch(value[Number(place)], part);
    return changed;
  }
  if (!isObject(value)) throw new Error("The patch does not fit.");
  const kept = Object.entries(value).filter(([key]) => !patch.out?.includes(key));
  const parts = Object.entries(patch.in).map(([key, part]) => [key, applyPatch(value[key], part)]);
  return Object.fromEntries([...kept, ...parts]);
}
