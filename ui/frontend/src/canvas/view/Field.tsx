/** One parameter in the inspector, drawn from its schema. */

import { Fragment, useEffect, useState } from "react";
import { type Field, type FieldType, isReference, parseText, writeText, describeBounds } from "../core/schema";
import type { Json, Params } from "../core/types";
import { Icon } from "./icons";

export interface FieldProps {
  readonly field: Field;
  readonly value: Json | undefined;
  readonly resolved?: Json | undefined;
  readonly changed: boolean;
  /** The selected nodes have different values; what is set counts for all. */
  readonly differs?: boolean;
  readonly fault?: string | undefined;
  readonly references: readonly string[];
  readonly suggestions?: readonly string[];
  readonly set: (value: Json, typing?: boolean) => void;
  readonly reset: () => void;
}

export function FieldRow(props: FieldProps) {
  const { field, changed, differs, fault, reset, value, resolved } = props;
  return (
    <div className={`field ${changed ? "is-changed" : ""} ${fault ? "has-fault" : ""}`} data-param={field.name}>
      <label
        className="field-name"
        htmlFor={`field-${field.name}`}
        title={[field.help, describeBounds(field.type)].filter(Boolean).join(" ")}
      >
        {breakable(field.title)}
      </label>
      <div className="field-control">
        <Control {...props} />
        {field.unit ? (
          <span className="unit" title={field.unit}>
            {field.unit}
          </span>
        ) : null}
        {changed ? (
          <button
            type="button"
            className="quiet reset"
            onClick={reset}
            title={`Back to ${writeText(field.standard) || "none"}`}
            aria-label={`Reset ${field.name}`}
          >
            <Icon name="reset" size={12} />
          </button>
        ) : null}
      </div>
      {differs ? <p className="field-note">The selected nodes differ here.</p> : null}
      {isReference(value) && resolved !== undefined && !isReference(resolved) ? (
        <p className="field-note">= {writeText(resolved)}</p>
      ) : null}
      {fault ? (
        <p className="field-note fault" role="alert">
          {fault}
        </p>
      ) : null}
    </div>
  );
}

/** A name that may be broken where its words begin, so that all of it can be read in a narrow panel. */
const breakable = (name: string) =>
  name.split(/(?<=_)/).map((part, place) => (
    <Fragment key={place}>
      {place > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ));

function Control(props: FieldProps) {
  const { field, value, set } = props;
  const { type } = field;
  const shown = value === undefined ? field.standard : value;
  const options = type.type === "either" ? type.options : [type];
  if (options.every((option) => option.type === "group")) return <Groups {...props} groups={options} />;
  if (type.type === "list" && type.items.type === "group") return <Several {...props} item={type.items} />;
  if (type.type === "switch") {
    return (
      <input
        id={`field-${field.name}`}
        type="checkbox"
        role="switch"
        checked={shown === true}
        onChange={(event) => set(event.target.checked)}
      />
    );
  }
  if (type.type === "choice") return <Choice {...props} choices={type.choices} shown={shown} />;
  return <TextControl {...props} shown={shown} />;
}

function Choice({ field, choices, shown, set }: FieldProps & { choices: readonly Json[]; shown: Json | undefined }) {
  return (
    <select
      id={`field-${field.name}`}
      value={String(shown ?? "")}
      onChange={(event) => set(choices.find((choice) => String(choice) === event.target.value) ?? null)}
    >
      {field.nullable ? <option value="">none</option> : null}
      {choices.map((choice) => (
        <option key={String(choice)} value={String(choice)}>
          {String(choice)}
        </option>
      ))}
    </select>
  );
}

function TextControl({ field, shown, set, references, suggestions }: FieldProps & { shown: Json | undefined }) {
  const [text, setText] = useState(writeText(shown));
  const [reason, setReason] = useState<string>();
  const written = writeText(shown);
  // What is being typed stays as it is typed: 1e3 on the way to 1e30 must not turn into 1000.
  useEffect(() => {
    setText((now) => (isWritten(now, written, field) ? now : written));
    setReason(undefined);
  }, [written]);
  const commit = (next: string, typing: boolean) => {
    setText(next);
    const parsed = parseText(next, field.type, field.nullable);
    setReason("fault" in parsed ? parsed.fault : undefined);
    if ("value" in parsed && writeText(parsed.value) !== written) set(parsed.value, typing);
  };
  const step = (direction: number) => {
    const number = Number(text);
    if (!holdsNumber(field.type) || text === "" || Number.isNaN(number)) return false;
    commit(String(nextNumber(number, direction, isWhole(field.type))), true);
    return true;
  };
  const options = [...(suggestions ?? []), ...choicesOf(field.type), ...(holdsNumber(field.type) ? references : [])];
  return (
    <span className="text-control">
      <input
        id={`field-${field.name}`}
        value={text}
        placeholder={field.nullable ? "none" : ""}
        list={options.length > 0 ? `list-${field.name}` : undefined}
        aria-invalid={reason !== undefined}
        inputMode={holdsNumber(field.type) ? "decimal" : "text"}
        spellCheck={false}
        onChange={(event) => commit(event.target.value, true)}
        onBlur={() => {
          if (!reason) setText(written);
        }}
        onKeyDown={(event) => {
          const moved = event.key === "ArrowUp" ? step(1) : event.key === "ArrowDown" ? step(-1) : false;
          if (moved) event.preventDefault();
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key !== "Escape" || !reason) return;
          event.stopPropagation();
          setText(written);
          setReason(undefined);
        }}
      />
      {options.length > 0 ? (
        <datalist id={`list-${field.name}`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      ) : null}
      {reason ? (
        <span className="reason" role="alert">
          {reason}
        </span>
      ) : null}
    </span>
  );
}

function isWritten(text: string, written: string, field: Field): boolean {
  const parsed = parseText(text, field.type, field.nullable);
  return "value" in parsed && writeText(parsed.value) === written;
}

const choicesOf = (type: FieldType): string[] =>
  type.type === "choice" ? type.choices.map(String) : type.type === "either" ? type.options.flatMap(choicesOf) : [];
const holdsNumber = (type: FieldType): boolean =>
  type.type === "number" || (type.type === "either" && type.options.some(holdsNumber));
const isWhole = (type: FieldType): boolean =>
  type.type === "number" ? type.whole : type.type === "either" && type.options.some(isWhole);

/** Whole numbers go by one; others by a tenth of their size. */
function nextNumber(number: number, direction: number, whole: boolean): number {
  if (whole) return number + direction;
  const size =
    number === 0
      ? 0.1
      : 10 **
        Math.floor(
          Math.log10(Math.abs(number)) - (direction < 0 && Math.abs(Math.log10(Math.abs(number)) % 1) < 1e-9 ? 1 : 0),
        );
  return Number((number + direction * size).toPrecision(6));
}

type Group = Extract<FieldType, { type: "group" }>;

/** An object, or one of several told apart by their constant (a schedule's kind). */
function Groups({ field, value, set, references, groups }: FieldProps & { groups: readonly FieldType[] }) {
  const all = groups.filter((group): group is Group => group.type === "group");
  const current = typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  const constant = (group: Group) =>
    group.fields.find((one) => one.type.type === "choice" && one.type.choices.length === 1);
  const nameOf = (group: Group) =>
    String((constant(group)?.type as { choices?: readonly Json[] } | undefined)?.choices?.[0] ?? field.name);
  const tag = all.map(constant).find((one) => one)?.name;
  const chosen = current ? (all.find((group) => tag && nameOf(group) === String(current[tag])) ?? all[0]) : undefined;
  return (
    <div className="group">
      <select
        id={`field-${field.name}`}
        value={chosen ? nameOf(chosen) : ""}
        onChange={(event) => {
          const group = all.find((one) => nameOf(one) === event.target.value);
          set(group ? (tag && constant(group) ? { [tag]: nameOf(group) } : {}) : null);
        }}
      >
        {field.nullable || !chosen ? <option value="">none</option> : null}
        {all.map((group) => (
          <option key={nameOf(group)} value={nameOf(group)}>
            {nameOf(group) === field.name ? "set" : nameOf(group)}
          </option>
        ))}
      </select>
      {chosen && current
        ? chosen.fields
            .filter((inner) => inner.name !== tag)
            .map((inner) => (
              <FieldRow
                key={inner.name}
                field={inner}
                value={current[inner.name]}
                changed={inner.name in current}
                references={references}
                set={(part, typing) => set({ ...current, [inner.name]: part }, typing)}
                reset={() => set(Object.fromEntries(Object.entries(current).filter(([name]) => name !== inner.name)))}
              />
            ))
        : null}
    </div>
  );
}

/** Several things of one form, such as groups of parameters: the fields of each, and ways to add and to remove one. */
function Several({ field, value, set, references, suggestions, item }: FieldProps & { item: Group }) {
  const rows = Array.isArray(value) ? value.map((row) => (isObject(row) ? row : {})) : [];
  const replace = (place: number, ...row: Params[]) => rows.toSpliced(place, 1, ...row);
  const words = rows.length > 0 ? "Add another" : "Add one";
  const add = (
    <button
      id={`field-${field.name}`}
      type="button"
      className="quiet more"
      title={field.help}
      aria-label={`${words} to ${field.title}`}
      onClick={() => set([...rows, {}])}
    >
      {words}
    </button>
  );
  if (rows.length === 0) return add;
  return (
    <div className="group">
      {rows.map((row, place) => (
        <div key={place} className="several" role="group" aria-label={`${field.title} ${place + 1}`}>
          {item.fields.map((inner) => (
            <FieldRow
              key={inner.name}
              field={{ ...inner, name: `${field.name}-${place + 1}-${inner.name}` }}
              value={row[inner.name]}
              changed={inner.name in row}
              references={references}
              {...(inner.type.type === "text" && suggestions && { suggestions })}
              set={(part, typing) => set(replace(place, { ...row, [inner.name]: part }), typing)}
              reset={() => set(replace(place, withoutKey(row, inner.name)))}
            />
          ))}
          <button
            type="button"
            className="quiet more"
            aria-label={`Remove ${field.title} ${place + 1}`}
            onClick={() => set(replace(place))}
          >
            Remove
          </button>
        </div>
      ))}
      {add}
    </div>
  );
}

const isObject = (value: Json): value is Params => typeof value === "object" && value !== null && !Array.isArray(value);
const withoutKey = (values: Params, key: string): Params =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));
