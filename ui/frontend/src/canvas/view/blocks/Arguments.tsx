/** At a block: one field for each parameter of the network that it uses. */

import { argumentEdits, argumentName, argumentsOf, listArguments } from "../../core/blocks/params";
import { type Field, sameValue } from "../../core/schema";
import type { GraphNode, Json, Params } from "../../core/types";
import type { Editor } from "../../editor";
import { FieldRow } from "../Field";
import { useEditor, usePart } from "../use";

interface ArgumentsProps {
  readonly nodes: readonly GraphNode[];
  /** The parameter that names the network. */
  readonly of: string;
  readonly references: readonly string[];
}

export function Arguments({ nodes, of, references }: ArgumentsProps) {
  const editor = useEditor();
  const project = usePart((view) => view.history.present);
  const [first] = nodes;
  const resolved = usePart((view, one) => one.shown?.graphs[view.path]?.nodes[first?.id ?? ""]?.params?.arguments);
  const name = String(first?.params[of] ?? "");
  const network = project.networks[name];
  const isSame = nodes.every((node) => node.params[of] === first?.params[of]);
  if (!first || !network || !isSame) return null;
  const fields = listArguments(network, argumentsOf(first));
  if (fields.length === 0) return null;
  return (
    <fieldset className="arguments">
      <legend>Parameters of {name}</legend>
      {fields.map((field) => (
        <FieldRow
          key={field.name}
          field={field}
          value={argumentsOf(first)[argumentName(field)]}
          resolved={((resolved ?? {}) as Params)[argumentName(field)]}
          changed={nodes.some((node) => argumentName(field) in argumentsOf(node))}
          differs={nodes.some((node) => !sameValue(given(node, field), given(first, field)))}
          fault={field.standard === undefined ? `${name} has no parameter of this name.` : undefined}
          references={references}
          set={(value, typing) => setArgument(editor, nodes, field, value, typing)}
          reset={() => setArgument(editor, nodes, field, undefined)}
        />
      ))}
    </fieldset>
  );
}

const given = (node: GraphNode, field: Field): Json | undefined => argumentsOf(node)[argumentName(field)];

function setArgument(
  editor: Editor,
  nodes: readonly GraphNode[],
  field: Field,
  value: Json | undefined,
  typing = false,
): void {
  const name = argumentName(field);
  const ids = nodes.map((node) => node.id).join(", ");
  const wanted = sameValue(value, field.standard) ? undefined : value;
  const edits = argumentEdits(editor.view.path, nodes, name, wanted);
  editor.apply(edits, `set ${name} of ${ids}`, typing ? `${ids} argument ${name}` : undefined);
}
