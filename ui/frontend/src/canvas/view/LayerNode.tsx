/** A node: what it is, what it costs, what is wrong with it. */

import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { describeCost, headlineCost } from "../core/cost";
import { handleTop, hasRows } from "../core/measure";
import { tellFinding } from "../core/outline";
import { WORDS, dtypeClass, refuse } from "../core/ports";
import { findTurns, markNode, momentOf } from "../core/stepping";
import { type Finding, type Port, TRAINING } from "../core/types";
import type { Editor } from "../editor";
import { useFar } from "./distance";
import { useHeldStyle } from "./held";
import { Icon, lookOf } from "./icons";
import { NodeState, useHealthClass } from "./machine/NodeState";
import type { CanvasNode, Costs, NodeData } from "./scene";
import { usePart } from "./use";

export const LayerNode = memo(function LayerNode(props: NodeProps<CanvasNode>) {
  return useFar() ? <FarNode {...props} /> : <NearNode {...props} />;
});

/** From far away a node is a coloured box. */
function FarNode({ id, data: { node, kind, findings }, selected }: NodeProps<CanvasNode>) {
  const names = [
    "node is-far",
    selected ? "is-selected" : "",
    node.bypassed ? "is-bypassed" : "",
    worst(findings) ?? "",
    useHealthClass(id),
  ];
  const style = { "--family": lookOf(kind?.family).colour, ...useHeldStyle(id) } as React.CSSProperties;
  const title = [`${node.id}, ${node.kind}`, ...findings.map(tellFinding)].join("\n\n");
  return <div className={names.join(" ")} style={style} data-node={node.id} title={title} />;
}

function NearNode({ id, data, selected }: NodeProps<CanvasNode>) {
  const { node, kind, facts, ports, findings } = data;
  const look = lookOf(kind?.family);
  const names = ["node", selected ? "is-selected" : "", node.bypassed ? "is-bypassed" : "", worst(findings) ?? ""];
  const style = { "--family": look.colour, "--letters": node.id.length, ...useHeldStyle(id) } as React.CSSProperties;
  const mark = usePart((view) => markNode(momentOf(view), id));
  return (
    <div className={names.join(" ")} style={style} data-node={node.id} data-moment={mark}>
      <div className="node-head">
        <span className="node-icon">
          <Icon name={look.icon} />
        </span>
        <div className="node-names">
          <div className="node-id" title={node.id}>
            {node.id}
          </div>
          <div
            className="node-kind"
            title={kind?.summary ?? `${node.kind}: this kind is not known here. It is kept as it is.`}
          >
            {node.kind === "Block" && facts?.title ? null : `${node.kind} `}
            <b>{facts?.title}</b>
          </div>
        </div>
        <Turn id={id} />
        <Badge findings={findings} />
      </div>
      {hasRows(ports) && <PortRows data={data} />}
      {data.costs ? <CostBars {...data.costs} /> : null}
      <NodeState id={id} />
      <Handles data={data} />
    </div>
  );
}

/** When an updater has its turn in a step, where several take turns. */
function Turn({ id }: { id: string }) {
  const turn = usePart((view, editor) => (view.path === TRAINING ? turnOf(editor, id) : undefined));
  if (turn === undefined) return null;
  return (
    <span className="turn" role="img" title={`Turn ${turn} of a step`} aria-label={`Turn ${turn} of a step`}>
      {turn}
    </span>
  );
}

const TURNS = new WeakMap<object, ReadonlyMap<string, number>>();

/** The turns of a graph are found once. */
function turnOf({ graph, view }: Editor, id: string): number | undefined {
  const found = TURNS.get(graph) ?? findTurns(graph, view.catalogue.training);
  TURNS.set(graph, found);
  return found.get(id);
}

function worst(findings: readonly Finding[]): string | undefined {
  if (findings.some((finding) => finding.severity === "error")) return "has-error";
  return findings.some((finding) => finding.severity === "warning") ? "has-warning" : undefined;
}

function Badge({ findings }: { findings: readonly Finding[] }) {
  const [first] = [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  if (!first) return null;
  return (
    <span
      className={`badge ${first.severity}`}
      title={findings.map(tellFinding).join("\n\n")}
      role="img"
      aria-label={findings.map(tellFinding).join(" ")}
    >
      <Icon name={first.severity} size={14} />
    </span>
  );
}

const ORDER = ["error", "warning", "advice"];

function PortRows({ data }: { data: NodeData }) {
  const { inputs, outputs } = data.ports;
  const rows = Array.from({ length: Math.max(inputs.length, outputs.length) }, (_, row) => row);
  return (
    <div className="node-ports">
      {rows.map((row) => (
        <div className="node-port" key={row}>
          <span className={inputs[row]?.optional ? "is-optional" : ""}>{inputs[row]?.label || inputs[row]?.name}</span>
          <span>{outputs[row]?.label || outputs[row]?.name}</span>
        </div>
      ))}
    </div>
  );
}

/** Three bars, each against the most of its sort in this graph: parameters, multiply-adds, memory of what it gives. */
function CostBars({ own, most }: Costs) {
  const shares = [
    [own.parameters, most.parameters],
    [own.operations, most.operations],
    [own.memory, most.memory],
  ] as const;
  return (
    <div className="node-cost" title={describeCost(own)} role="img" aria-label={describeCost(own)}>
      <span className="bars">
        {shares.map(([part, whole], place) => (
          <i key={place} style={{ height: part > 0 ? `${Math.max(12, (100 * part) / whole)}%` : "1px" }} />
        ))}
      </span>
      <span>{headlineCost(own)}</span>
    </div>
  );
}

function Handles({ data }: { data: NodeData }) {
  const { inputs, outputs } = data.ports;
  return (
    <>
      {inputs.map((port, place) => (
        <PortHandle key={`in ${port.name}`} data={data} port={port} place={place} isSource={false} />
      ))}
      {outputs.map((port, place) => (
        <PortHandle key={`out ${port.name}`} data={data} port={port} place={place} isSource />
      ))}
    </>
  );
}

function PortHandle({ data, port, place, isSource }: { data: NodeData; port: Port; place: number; isSource: boolean }) {
  const isDim = usePart((view, editor) => {
    const from = view.linking;
    if (!from) return false;
    if (from.isSource === isSource) return from.node !== data.node.id || from.port !== port.name;
    const here = { node: data.node.id, port: port.name };
    const [source, target] = from.isSource ? [from, here] : [here, from];
    return (
      refuse(editor.scene, {
        source: source.node,
        source_port: source.port,
        target: target.node,
        target_port: target.port,
      }) !== undefined
    );
  });
  const output = isSource ? data.facts?.outputs?.find((one) => one.name === port.name) : undefined;
  const dtype = output?.dtype ? dtypeClass(output.dtype) : port.dtype;
  const label = [port.name, output?.label, WORDS[dtype], port.help].filter(Boolean).join(", ");
  return (
    <Handle
      id={port.name}
      type={isSource ? "source" : "target"}
      position={isSource ? Position.Right : Position.Left}
      className={`port ${dtype} ${port.optional ? "is-optional" : ""} ${isDim ? "is-dim" : ""}`}
      style={{ top: handleTop(data.ports, place) }}
      title={label}
    />
  );
}
