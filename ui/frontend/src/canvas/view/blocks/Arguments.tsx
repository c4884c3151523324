/** At a block: one field for each parameter of a network that it uses. */

import { argumentEdits, argumentName, listArguments } from "../../core/blocks/params";
import { givenIn } from "../../core/blocks/repetitions";
import { type Field, sameValue } from "../../core/schema";
import type { GraphNode, Json, Params } from "../../core/types";
import type { Editor } from "../../editor";
import { FieldRow } from "../Field";
import { useEditor, usePart } from "../use";

interface ArgumentsProps {
  readonly nodes: readonly GraphNode[];
  /** The parameter that holds the values. */
  readonly holder: string;
  /** The parameter that names the network. */
  readonly of: string;
  readonly references: readonly string[];
}

export function Arguments({ nodes, holder, of, references }: ArgumentsProps) {
  const editor = useEditor();
  const project = usePart((view) => view.history.present);
  const [first] = nodes;
  const resolved = usePart((view, one) => one.shown?.graphs[view.path]?.nodes[first?.id ?? ""]?.params?.[holder]);
  const name = String(first?.params[of] ?? "");
  const network = project.networks[name];
  const isSame = nodes.every((node) => node.params[of] === first?.params[of]);
  if (!first || !network || !isSame) return null;
  const inherited = holder === "arguments" ? {} : givenIn(first, "arguments");
  const given = (node: GraphNode, field: Field): Json | undefined => givenIn(node, holder)[argumentName(field)];
  const fields = listArguments(
    { ...network, params: overlay(network.params, inherited) },
    givenIn(first, holder),
    holder,
  );
  if (fields.length === 0) return null;
  return (
    <fieldset className="arguments">
      <legend>Parameters of {name}</legend>
      {fields.map((field) => (
        <FieldRow
          key={field.name}
          field={field}
          value={given(first, field)}
          resolved={((resolved ?? {}) as Params)[argumentName(field)]}
          changed={nodes.some((node) => argumentName(field) in givenIn(node, holder))}
          differs={nodes.some((node) => !sameValue(given(node, field), given(first, field)))}
          fault={field.standard === undefined ? `${name} has no parameter of this name.` : undefined}
          references={references}
          set={(value, typing) => setArgument(editor, nodes, holder, field, value, typing)}
          reset={() => setArgument(editor, nodes, holder, field, undefined)}
        />
      ))}
    </fieldset>
  );
}

/** What the parameters of a network are by themselves where other values are given for some of them. */
const overlay = (params: Params, given: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, given[name] ?? value]));

function setArgument(
  editor: Editor,
  nodes: readonly GraphNode[],
  holder: string,
  field: Field,
  value: Json | undefined,
  typing = false,
): void {
  const name = argumentName(field);
  const ids = nodes.map((node) => node.id).join(", ");
  const wanted = sameValue(value, field.standard) ? undefined : value;
  const edits = argumentEdits(editor.view.path, nodes, name, wanted, holder);
  editor.apply(edits, `set ${name} of ${ids}`, typing ? `${ids} ${holder} ${name}` : undefined);
}
