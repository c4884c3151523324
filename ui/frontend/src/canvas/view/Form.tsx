/** The parameters of a kind as a form, for one node or for several of a kind together. */

import { useState } from "react";
import { callEdits } from "../core/calling";
import { BIASES_AND_NORMS } from "../core/learning";
import { type Field, isChanged, isMeant, listFields, sameValue } from "../core/schema";
import type { Finding, GraphNode, Json, Kind } from "../core/types";
import type { Editor } from "../editor";
import { Arguments } from "./blocks/Arguments";
import { FieldRow } from "./Field";
import { groupFindings } from "./scene";
import { useEditor, usePart } from "./use";

const AT_ONCE = 8;

export function Form({ nodes, kind }: { nodes: readonly GraphNode[]; kind: Kind }) {
  const [isOpen, setOpen] = useState(false);
  const editor = useEditor();
  const faults = useFaults(nodes);
  const [first] = nodes;
  if (!first) return null;
  const all = listFields(kind).filter((field) => !field.of);
  const given = listFields(kind).filter((field) => field.of);
  const isTouched = (field: Field) => nodes.some((node) => isChanged(field, node.params)) || faults.has(field.name);
  const meant = all.filter((field) => isMeant(field, all, first.params) || isTouched(field));
  const main = meant.filter((field) => !field.group);
  const start = meant.filter((field) => field.group === "start");
  const shown =
    isOpen || main.length <= AT_ONCE + 1 ? main : main.filter((field, place) => place < AT_ONCE || isTouched(field));
  const ids = nodes.map((node) => node.id).join();
  const row = (field: Field) => (
    <Row key={`${ids} ${field.name}`} field={field} nodes={nodes} fault={faults.get(field.name)} />
  );
  return (
    <div className="form">
      {shown.map(row)}
      {main.length > shown.length || isOpen ? (
        <button type="button" className="quiet more" onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Fewer" : `${main.length - shown.length} more`}
        </button>
      ) : null}
      {given.map(({ name, of = "" }) => (
        <Arguments key={name} nodes={nodes} holder={name} of={of} references={listReferences(editor)} />
      ))}
      {start.length > 0 ? (
        <details className="more-fields" open={start.some(isTouched)}>
          <summary>Weights at the start</summary>
          {start.map(row)}
        </details>
      ) : null}
    </div>
  );
}

function Row({ field, nodes, fault }: { field: Field; nodes: readonly GraphNode[]; fault: string | undefined }) {
  const editor = useEditor();
  const [first] = nodes;
  const resolved = usePart((view, one) => one.shown?.graphs[view.path]?.nodes[first?.id ?? ""]?.params?.[field.name]);
  const project = usePart((view) => view.history.present);
  const differs = nodes.some((node) => !sameValue(node.params[field.name], first?.params[field.name]));
  return (
    <FieldRow
      field={field}
      value={first?.params[field.name]}
      differs={differs}
      resolved={resolved}
      changed={nodes.some((node) => isChanged(field, node.params))}
      fault={fault}
      references={listReferences(editor)}
      suggestions={
        field.name === "groups"
          ? listLearners(editor, first?.params["networks"])
          : suggest(field, Object.keys(project.networks), Object.keys(project.data))
      }
      set={(value, typing) => setParam(editor, nodes, field, value, typing)}
      reset={() => unsetParam(editor, nodes, field)}
    />
  );
}

function useFaults(nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  const analysis = usePart((_, editor) => editor.shown);
  const path = usePart((view) => view.path);
  const groups = groupFindings(analysis, path);
  const found = nodes.flatMap((node) => groups.get(node.id) ?? []);
  return new Map(
    found
      .filter((finding): finding is Finding & { param: string } => finding.param !== null)
      .map((finding) => [finding.param, finding.message]),
  );
}

/** Parameters that name a network or a source offer the names that there are. */
function suggest(field: Field, networks: readonly string[], sources: readonly string[]): readonly string[] {
  if (/(^|_)networks?$/.test(field.name)) return networks;
  return field.name === "source" ? sources : [];
}

/** Names that a group of parameters may match: the nodes that learn, with their network's name where there are several. */
function listLearners({ project, shown }: Editor, networks: Json | undefined): string[] {
  const trained = Array.isArray(networks) ? networks.map(String) : Object.keys(project.networks);
  const learners = trained.flatMap((name) =>
    Object.entries(shown?.graphs[`networks.${name}`]?.nodes ?? {}).flatMap(([id, facts]) =>
      facts.parameters ? [trained.length > 1 ? `${name}.${id}` : id] : [],
    ),
  );
  return [BIASES_AND_NORMS, ...new Set(learners)];
}

function listReferences(editor: Editor): string[] {
  return [
    ...["$classes", "$class_weights", "$positive_weight", "$features", "$channels", "$height", "$width", "$vocabulary"],
    ...Object.keys(editor.graph.params).map((name) => `$${name}`),
  ];
}

function setParam(editor: Editor, nodes: readonly GraphNode[], field: Field, value: Json, typing = false): void {
  const ids = nodes.map((node) => node.id);
  const isStandard = sameValue(value, field.standard);
  const edits = ids.map((id) =>
    isStandard
      ? { op: "unset_param", graph: editor.view.path, id, name: field.name }
      : { op: "set_param", graph: editor.view.path, id, name: field.name, value },
  );
  const links = field.name === "network" ? callAnother(editor, nodes, value) : [];
  editor.apply(
    [...edits, ...links],
    `set ${field.name} of ${ids.join(", ")}`,
    typing ? `${ids.join()} ${field.name}` : undefined,
  );
}

/** What becomes of the links of a node that calls another network now. */
function callAnother(editor: Editor, [node, ...others]: readonly GraphNode[], network: Json) {
  if (!node || others.length > 0 || typeof network !== "string") return [];
  return callEdits(editor.project, editor.view.path, node, network);
}

function unsetParam(editor: Editor, nodes: readonly GraphNode[], field: Field): void {
  editor.apply(
    nodes.map((node) => ({ op: "unset_param", graph: editor.view.path, id: node.id, name: field.name })),
    `reset ${field.name}`,
  );
}
