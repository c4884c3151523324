/** A row of the outline: what a node is, what it gives, what was set, what is wrong. */

import { memo } from "react";
import { formatCount } from "../../core/format";
import { type Row, describeParams, describeRow, tellFinding } from "../../core/outline";
import type { Kind, Severity } from "../../core/types";
import type { Vital } from "../../core/vitals";
import { Icon, lookOf } from "../icons";
import { HealthSign, tellVital } from "../machine/NodeState";
import { useVital } from "../machine/use";

export type Mark = "added" | "changed";

interface Props {
  readonly row: Row;
  readonly kind: Kind | undefined;
  readonly isSelected: boolean;
  /** Whether Tab reaches this row. */
  readonly isHere: boolean;
  readonly isLinking: boolean;
  /** What a comparison says of the node. */
  readonly mark: Mark | undefined;
  /** How a row below a block does in the run that is watched. */
  readonly inner: Vital | undefined;
  readonly go: (row: Row, adds?: boolean) => void;
  readonly toggle: (row: Row) => void;
}

export const OutlineRow = memo(Drawn, isSame);

function Drawn({ row, kind, isSelected, isHere, isLinking, mark, inner, go, toggle }: Props) {
  const { node } = row;
  const look = lookOf(kind?.family);
  const own = useVital(row.level === 1 ? node.id : "");
  const vital = own ?? inner;
  const worst = (["error", "warning", "advice"] as const).find((one) => has(row, one));
  return (
    <div
      role="treeitem"
      className={["row", node.bypassed && "is-bypassed", mark && `mark-${mark}`].filter(Boolean).join(" ")}
      data-key={row.key}
      tabIndex={isHere ? 0 : -1}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.count}
      aria-selected={isSelected}
      aria-expanded={row.isOpen}
      aria-label={[describeRow(row), mark, vital && tellVital(vital), isLinking && "a link starts here"]
        .filter(Boolean)
        .join(", ")}
      style={{ "--family": look.colour, "--level": row.level } as React.CSSProperties}
      onClick={(event) => go(row, event.shiftKey || event.ctrlKey || event.metaKey)}
      onDoubleClick={() => row.isOpen !== undefined && toggle(row)}
    >
      <span className="twist" onClick={() => row.isOpen !== undefined && toggle(row)}>
        {row.isOpen === undefined ? null : <Icon name={row.isOpen ? "down" : "next"} size={12} />}
      </span>
      <span className="node-icon">
        <Icon name={look.icon} size={14} />
      </span>
      <span className="names">
        {mark ? <b className="mark" title={mark} aria-hidden="true" /> : null}
        <b>{node.id}</b> <span>{[node.kind, row.title].filter(Boolean).join(" ")}</span>
      </span>
      <span className="gives">{row.shape}</span>
      {vital ? (
        <span className={`health is-${vital.health}`} title={vital.told}>
          <HealthSign health={vital.health} />
        </span>
      ) : null}
      {worst ? (
        <span className={`badge ${worst}`} title={row.findings.map(tellFinding).join("\n\n")}>
          <Icon name={worst} size={14} />
        </span>
      ) : null}
      <span className="set">
        {[...describeParams(node), row.parameters ? `${formatCount(row.parameters)} parameters` : ""]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </div>
  );
}

const has = (row: Row, severity: Severity) => row.findings.some((finding) => finding.severity === severity);

/** Rows are made anew at every change; one that says the same is not drawn again. */
function isSame(before: Props, after: Props): boolean {
  const marks = (props: Props) => [
    props.isSelected,
    props.isHere,
    props.isLinking,
    props.mark,
    props.inner?.health,
    props.inner?.label,
    props.inner?.told,
    props.kind,
    props.row.isOpen,
    props.row.place,
    props.row.count,
    props.row.node,
  ];
  const others = marks(after);
  return (
    marks(before).every((mark, place) => mark === others[place]) && describeRow(before.row) === describeRow(after.row)
  );
}
