/** Above an opened block: the way that led into it, each step a way back, and the uses that it can be seen through. */

import { nameSteps, useAt, writeTrail } from "../../core/blocks/uses";
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
  const names = nameSteps(analysis, trail);
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
