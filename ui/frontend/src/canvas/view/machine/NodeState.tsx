/** How a node does in the run that is watched: below it a sign, one number, and how that went. */

import type { Health, Vital } from "../../core/vitals";
import { Icon, type IconName } from "../icons";
import { useVital, useVitalPart } from "./use";

const SIGNS: Readonly<Record<Health, IconName>> = { fine: "check", watch: "warning", sick: "error" };
const WORDS: Readonly<Record<Health, string>> = { fine: "does well", watch: "worth a look", sick: "needs help" };

export function NodeState({ id }: { id: string }) {
  const vital = useVital(id);
  if (!vital) return null;
  const { health, label, told, trace } = vital;
  return (
    <div className={`node-state is-${health}`} title={`${capitalise(WORDS[health])}. ${told}`} data-health={health}>
      <HealthSign health={health} told={told} />
      {label ? <span>{label}</span> : null}
      {trace ? (
        <svg viewBox="0 0 36 10" width="36" height="10" aria-hidden="true">
          <path d={trace} />
        </svg>
      ) : null}
    </div>
  );
}

const capitalise = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** The sign of how a node does, with what is known of it where that is not written beside it. */
export function HealthSign({ health, told }: { health: Health; told?: string }) {
  return (
    <span className="health-sign" role="img" aria-label={[WORDS[health], told].filter(Boolean).join(": ")}>
      <Icon name={SIGNS[health]} size={12} />
    </span>
  );
}

/** The class of a node that is seen from so far that only a colour shows. */
export function useHealthClass(id: string): string {
  const health = useVitalPart(id, (vital) => vital?.health);
  return health ? `is-${health}` : "";
}

/** What is wrong with a node in the run that is watched, in sentences, for the panel beside the graph. */
export function HealthNote({ id }: { id: string }) {
  const vital = useVital(id);
  if (!vital) return null;
  return (
    <p className={`health-note is-${vital.health}`}>
      <HealthSign health={vital.health} /> {vital.told}
    </p>
  );
}

/** The same in few words, for a row of the outline. */
export function tellVital({ health, label }: Vital): string {
  return [WORDS[health], label].filter(Boolean).join(" ");
}
