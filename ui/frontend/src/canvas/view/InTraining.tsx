/** How nodes of a network learn in training, and a way to have them learn otherwise or not at all. */

import { type Choice, BEGINNINGS, CHOICES, type Manner } from "../core/learning";
import {
  commonChoice,
  findLearners,
  learningEdits,
  type Learner,
  listDeciding,
  sharesOf,
  tellLearning,
} from "../core/learners";
import { type Field, listFields } from "../core/schema";
import { type GraphNode, type Kind, NETWORKS, TRAINING } from "../core/types";
import type { Editor } from "../editor";
import { FieldRow } from "./Field";
import { useEditor, usePart } from "./use";

const HELP =
  "How these weights change while the network is trained. What was learned elsewhere is often frozen, or learns slower " +
  "than what is new. The choice is kept as a group of the optimizer.";

export function InTraining({ nodes }: { nodes: readonly GraphNode[] }) {
  const editor = useEditor();
  const path = usePart((view) => view.path);
  const trail = usePart((_, one) => one.trail);
  const analysis = usePart((_, one) => one.known);
  const project = usePart((_, one) => one.drawn);
  const kinds = usePart((view) => view.catalogue.training);
  const sight = { project, analysis, path, trail, kinds };
  const found = nodes.map((node) => findLearners(sight, node.id));
  const learners = found.flat();
  const [first] = learners;
  if (!first || found.some((one) => one.length === 0)) return null;
  const choice = commonChoice(learners);
  const deciding = listDeciding(learners);
  const manners = learners.map((learner) => sharesOf(learner)[0]?.manner ?? {});
  const [manner = {}] = manners;
  const set = (next: Manner, typing = false) => change(editor, nodes, learners, next, typing);
  return (
    <div className="form in-training" role="group" aria-label="In training">
      <div className={`field ${choice === "learns" ? "" : "is-changed"}`} data-param="in-training">
        <label className="field-name" htmlFor="in-training" title={HELP}>
          in training
        </label>
        <div className="field-control">
          <select
            id="in-training"
            value={choice ?? ""}
            onChange={(event) => set(BEGINNINGS[event.target.value as Choice])}
          >
            {choice ? null : <option value="">differs</option>}
            {CHOICES.map((one) => (
              <option key={one} value={one}>
                {nameChoice(one, manner)}
              </option>
            ))}
          </select>
        </div>
      </div>
      {choice
        ? listNumbers(kinds, manner).map((field) => (
            <FieldRow
              key={field.name}
              field={{ ...field, name: `in-training-${field.name}` }}
              value={manner[field.name as keyof Manner]}
              changed={false}
              differs={manners.some((one) => one[field.name as keyof Manner] !== manner[field.name as keyof Manner])}
              references={[]}
              set={(value, typing) => set({ ...manner, [field.name]: value }, typing)}
              reset={() => undefined}
            />
          ))
        : null}
      {nodes.length === 1
        ? tellLearning(learners).map((sentence) => (
            <p key={sentence} className="field-note">
              {sentence}
            </p>
          ))
        : null}
      {nodes.length === 1 && trail.length > 0 ? (
        <p className="field-note">
          A choice here is for {first.name} alone, not for other uses of {path.slice(NETWORKS.length)}.
        </p>
      ) : null}
      {deciding.length > 0 ? (
        <button type="button" className="quiet more" onClick={() => editor.reveal(deciding, TRAINING)}>
          Go to {deciding.join(", ")}
        </button>
      ) : null}
    </div>
  );
}

const NAMES: Readonly<Record<Choice, string>> = {
  learns: "Learns",
  slower: "Slower",
  later: "Later",
  frozen: "Frozen",
};

const nameChoice = (choice: Choice, { lr_scale }: Manner) =>
  choice === "slower" && typeof lr_scale === "number" && lr_scale > 1 ? "Faster" : NAMES[choice];

/** The numbers that belong to a manner, as fields of a form: they need a value, and one that says something. */
function listNumbers(kinds: readonly Kind[], manner: Manner): Field[] {
  const groups = kinds.flatMap(listFields).find((field) => field.name === "groups")?.type;
  const fields = groups?.type === "list" && groups.items.type === "group" ? groups.items.fields : [];
  return fields.filter((field) => field.name in manner && field.type.type === "number").map(needValue);
}

const needValue = (field: Field): Field => ({
  ...field,
  nullable: false,
  type: field.type.type === "number" && field.type.whole ? { ...field.type, least: 1 } : field.type,
});

function change(
  editor: Editor,
  nodes: readonly GraphNode[],
  learners: readonly Learner[],
  manner: Manner,
  typing: boolean,
): void {
  const ids = nodes.map((node) => node.id).join(", ");
  editor.apply(learningEdits(learners, manner), `training of ${ids}`, typing ? `${ids} in-training` : undefined);
}
