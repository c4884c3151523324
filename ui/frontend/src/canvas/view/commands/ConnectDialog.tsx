/** Links by keyboard: choose a port of the selected node, or an end of the selected link, then what it is joined to. */

import { useState } from "react";
import { connectEdit, reconnectEdits } from "../../core/actions";
import { type Choice, type End, endsOfEdge, joinEnds, listEnds, listPartners } from "../../core/connecting";
import { edgeKey } from "../../core/document";
import type { Edge } from "../../core/types";
import type { Editor } from "../../editor";
import { Chooser, type Item } from "../choice/Chooser";
import { useEditor } from "../use";

export function ConnectDialog({ close }: { close: () => void }) {
  const editor = useEditor();
  const [fixed, setFixed] = useState<End>();
  const [edge] = editor.selectedEdges();
  const [node] = [...editor.view.selection];
  if (fixed) return <Partners fixed={fixed} old={node === undefined ? edge : undefined} close={close} />;
  return node === undefined && edge ? (
    <EdgeEnds edge={edge} choose={setFixed} close={close} />
  ) : (
    <NodeEnds node={node ?? ""} choose={setFixed} close={close} />
  );
}

const keyOf = (end: End) => `${end.node} ${end.isSource} ${end.port}`;
const find = <T extends End>(ends: readonly T[], key: string) => ends.find((end) => keyOf(end) === key);

interface Step {
  readonly choose: (end: End) => void;
  readonly close: () => void;
}

function NodeEnds({ node, choose, close }: { node: string } & Step) {
  const editor = useEditor();
  const ends = listEnds(editor.scene, node);
  const items = ends.map((end): Item => ({
    key: keyOf(end),
    title: end.isSource ? `From the output ${end.port}` : `Into the input ${end.port}`,
    note: end.note,
  }));
  return (
    <Chooser
      key="ends"
      title={`Connect ${node}`}
      hint={`Which port of ${node}?`}
      items={items}
      empty="This node has no ports."
      choose={(key) => {
        const end = find(ends, key);
        if (end) choose(end);
      }}
      close={close}
    />
  );
}

/** The end that is chosen moves; the other one stays and is what partners are looked for. */
function EdgeEnds({ edge, choose, close }: { edge: Edge } & Step) {
  const [start, end] = endsOfEdge(edge);
  const items = [
    { key: keyOf(end), title: "Move the start", note: `now ${start.node}.${start.port}` },
    { key: keyOf(start), title: "Move the end", note: `now ${end.node}.${end.port}` },
  ];
  return (
    <Chooser
      key="edge"
      title="Move an end of the link"
      hint="Which end?"
      items={items}
      empty=""
      choose={(key) => choose(find([start, end], key) ?? start)}
      close={close}
    />
  );
}

function Partners({ fixed, old, close }: { fixed: End; old: Edge | undefined; close: () => void }) {
  const editor = useEditor();
  const partners = listPartners(editor.scene, fixed);
  const items = partners.map((end): Item => ({ key: keyOf(end), title: `${end.node}.${end.port}`, note: end.note }));
  return (
    <Chooser
      key="partners"
      title={fixed.isSource ? `Feed from ${fixed.node}.${fixed.port}` : `Feed ${fixed.node}.${fixed.port} from`}
      hint={fixed.isSource ? "Which input?" : "Which output?"}
      items={items}
      empty="No other port fits this one."
      choose={(key) => {
        const partner = find(partners, key);
        if (partner) join(editor, fixed, partner, old);
        close();
      }}
      close={close}
    />
  );
}

function join(editor: Editor, fixed: End, partner: Choice, old: Edge | undefined): void {
  const link = joinEnds(fixed, partner);
  const { path } = editor.view;
  const edits = old ? reconnectEdits(path, old, link) : [connectEdit(path, link)];
  if (!editor.apply(edits, old ? "move a link" : `connect ${link.source} and ${link.target}`)) return;
  if (old) editor.select([], [edgeKey({ ...link, via: [] })]);
}
