/** Above an opened block: the way that led into it, each step a way back, and the uses that it can be seen through. */

import { factsOfUse, useAt, writeTrail } from "../../core/blocks/uses";
import { type Analysis, NETWORKS, type Step } from "../../core/types";
import { Icon } from "../icons";
import { useEditor, usePart } from "../use";
import { chooseUse, goUpTo } from "./actions";

export function Trail() {
  const editor = useEditor();
  const trail = usePart((_, one) => one.trail);
  const path = usePart((view) => view.path);
  const analysis = usePart((_, one) => one.known);
  const [first] = trail;
  if (!first) return null;
  const names = trail.map((step, place) => nameStep(analysis, trail, place, step));
  return (
    <nav className="trail" aria-label="Where this block is">
      <ol>
        <li>
          <button type="button" className="quiet" onClick={() => goUpTo(editor, 0)}>
            {first[0].slice(NETWORKS.length)}
          </button>
        </li>
        {names.map((name, place) => (
          <li key={`${place} ${name}`}>
            <Icon name="next" size={12} />
            {place < names.length - 1 ? (
              <button type="button" className="quiet" onClick={() => goUpTo(editor, place + 1)}>
                {name}
              </button>
            ) : (
              <b aria-current="location">{name}</b>
            )}
          </li>
        ))}
      </ol>
      <Uses path={path} trail={trail} analysis={analysis} />
    </nav>
  );
}

/** A step as weights are named: `layer1`, or `layer1.0` where it repeats. */
function nameStep(
  analysis: Analysis | undefined,
  trail: readonly Step[],
  place: number,
  [path, id, turn]: Step,
): string {
  const use = useAt(analysis, trail.slice(0, place), path);
  const facts = factsOfUse(analysis?.graphs[path], place === 0 ? undefined : use);
  return (facts?.nodes[id]?.uses?.length ?? 1) > 1 ? `${id}.${turn}` : id;
}

interface UsesProps {
  readonly path: string;
  readonly trail: readonly Step[];
  readonly analysis: Analysis | undefined;
}

function Uses({ path, trail, analysis }: UsesProps) {
  const editor = useEditor();
  const uses = analysis?.graphs[path]?.uses ?? [];
  const current = useAt(analysis, trail, path) ?? 0;
  if (uses.length < 2) return null;
  return (
    <label className="uses">
      shapes as in
      <select
        value={current}
        onChange={(event) => {
          const chosen = uses[Number(event.target.value)];
          if (chosen) chooseUse(editor, chosen.trail);
        }}
      >
        {uses.map((use, number) => (
          <option key={number} value={number}>
            {writeTrail(use.trail, (place) => countTurns(analysis, place))}
          </option>
        ))}
      </select>
    </label>
  );
}

function countTurns(analysis: Analysis | undefined, place: string): number {
  const at = place.lastIndexOf(" ");
  return analysis?.graphs[place.slice(0, at)]?.nodes[place.slice(at + 1)]?.uses?.length ?? 1;
}
