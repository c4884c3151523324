/** From a kind's JSON Schema to the fields of a form. Nothing about a kind is written here a second time. */

import type { Json, Kind, Params, Schema } from "./types";

export type FieldType =
  | {
      readonly type: "number";
      readonly whole: boolean;
      readonly least?: number;
      readonly most?: number;
      readonly above?: number;
      readonly below?: number;
    }
  | { readonly type: "switch" }
  | { readonly type: "choice"; readonly choices: readonly Json[] }
  | { readonly type: "text" }
  | { readonly type: "list"; readonly items: FieldType; readonly length?: number }
  | { readonly type: "group"; readonly fields: readonly Field[] }
  | { readonly type: "json" }
  | { readonly type: "either"; readonly options: readonly FieldType[] };

export interface Field {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly type: FieldType;
  readonly nullable: boolean;
  /** What the number counts; empty for a plain number. */
  readonly unit: string;
  readonly standard: Json | undefined;
  /** The part of the form it belongs to; undefined for what comes first. */
  readonly group: string | undefined;
  /** The field that names the network whose parameters this one gives values for. */
  readonly of: string | undefined;
  readonly when: Readonly<Record<string, readonly Json[]>>;
}

/** Whether a field says something beside the other values of its node. */
export function isMeant(field: Field, fields: readonly Field[], params: Params): boolean {
  return Object.entries(field.when).every(([name, values]) => {
    const value = params[name] ?? fields.find((other) => other.name === name)?.standard;
    return values.some((one) => sameValue(one, value));
  });
}

export function listFields(kind: Kind): Field[] {
  return fieldsOf(kind.schema, kind.schema.$defs ?? {});
}

type Definitions = Readonly<Record<string, Schema>>;

function fieldsOf(schema: Schema, definitions: Definitions): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => describeField(name, property, definitions));
}

function describeField(name: string, property: Schema, definitions: Definitions): Field {
  const options = flatten(property, definitions);
  const real = options.filter((option) => option.type !== "null" && option.const !== null);
  return {
    name,
    title: property.label ?? name,
    help: property.description ?? "",
    nullable: real.length < options.length,
    standard: property.default,
    group: property.group,
    unit: property.unit ?? "",
    of: property.of,
    when: property.when ?? {},
    type: joinTypes(real.map((option) => describeType(option, definitions))),
  };
}

/** Follow references and take alternatives apart. */
function flatten(schema: Schema, definitions: Definitions, depth = 0): Schema[] {
  if (depth > 8) return [schema];
  if (schema.$ref) {
    const target = definitions[schema.$ref.split("/").at(-1) ?? ""];
    return target ? flatten(target, definitions, depth + 1) : [schema];
  }
  const options = schema.anyOf ?? schema.oneOf ?? (schema.allOf?.length === 1 ? schema.allOf : undefined);
  return options ? options.flatMap((option) => flatten(option, definitions, depth + 1)) : [schema];
}

function describeType(schema: Schema, definitions: Definitions): FieldType {
  if (schema.enum) return { type: "choice", choices: schema.enum };
  if (schema.const !== undefined) return { type: "choice", choices: [schema.const] };
  switch (schema.type) {
    case "boolean":
      return { type: "switch" };
    case "integer":
    case "number":
      return describeNumber(schema);
    case "string":
      return { type: "text" };
    case "array":
      return describeList(schema, definitions);
    case "object":
      return schema.properties ? { type: "group", fields: fieldsOf(schema, definitions) } : { type: "json" };
    default:
      return { type: "json" };
  }
}

function describeNumber(schema: Schema): FieldType {
  return {
    type: "number",
    whole: schema.type === "integer",
    ...(schema.minimum !== undefined && { least: schema.minimum }),
    ...(schema.maximum !== undefined && { most: schema.maximum }),
    ...(schema.exclusiveMinimum !== undefined && { above: schema.exclusiveMinimum }),
    ...(schema.exclusiveMaximum !== undefined && { below: schema.exclusiveMaximum }),
  };
}

function describeList(schema: Schema, definitions: Definitions): FieldType {
  const first = schema.prefixItems?.[0] ?? (typeof schema.items === "object" ? schema.items : undefined);
  const items = first
    ? joinTypes(flatten(first, definitions).map((option) => describeType(option, definitions)))
    : { type: "json" as const };
  const length = schema.prefixItems?.length ?? (schema.minItems === schema.maxItems ? schema.minItems : undefined);
  return { type: "list", items, ...(length !== undefined && { length }) };
}

function joinTypes(types: readonly FieldType[]): FieldType {
  const choices = types.flatMap((type) => (type.type === "choice" ? type.choices : []));
  const others = types.filter((type) => type.type !== "choice");
  const numbers = others.filter((type) => type.type === "number");
  if (numbers.length === others.length && numbers.length > 1 && choices.length === 0) return numbers[0] as FieldType;
  const joined: FieldType[] = [...others, ...(choices.length > 0 ? [{ type: "choice", choices } as FieldType] : [])];
  return joined.length === 1
    ? (joined[0] as FieldType)
    : joined.length === 0
      ? { type: "json" }
      : { type: "either", options: joined };
}

export function isReference(value: Json | undefined): value is string {
  return typeof value === "string" && value.includes("$");
}

export type Parsed = { readonly value: Json } | { readonly fault: string };

/** Read what a person typed: a number, a tuple (`3, 5` or `3×5`), a reference (`$classes * 2`), a word of the choices. */
export function parseText(text: string, type: FieldType, nullable: boolean): Parsed {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.toLowerCase() === "none") {
    return nullable ? { value: null } : type.type === "text" ? { value: trimmed } : { fault: "A value is needed." };
  }
  if (trimmed.startsWith("$") || (type.type !== "text" && trimmed.includes("$"))) return { value: trimmed };
  const attempts = (type.type === "either" ? type.options : [type]).map((option) => parseAs(trimmed, option));
  return attempts.find((attempt) => "value" in attempt) ?? attempts[0] ?? { fault: "This cannot be read." };
}

function parseAs(text: string, type: FieldType): Parsed {
  switch (type.type) {
    case "number":
      return parseNumber(text, type);
    case "list":
      return parseList(text, type);
    case "choice": {
      const choice = type.choices.find((option) => String(option) === text);
      return choice === undefined ? { fault: `One of ${type.choices.map(String).join(", ")}.` } : { value: choice };
    }
    case "switch":
      return ["true", "false"].includes(text.toLowerCase())
        ? { value: text.toLowerCase() === "true" }
        : { fault: "true or false." };
    case "text":
      return { value: text };
    default:
      return parseJson(text);
  }
}

function parseNumber(text: string, type: Extract<FieldType, { type: "number" }>): Parsed {
  const value = Number(text.replace(/_/g, ""));
  if (Number.isNaN(value) || !Number.isFinite(value)) return { fault: "A number, or a reference such as $classes." };
  if (type.whole && !Number.isInteger(value)) return { fault: "A whole number." };
  const fault = outOfBounds(value, type);
  return fault ? { fault } : { value };
}

export function outOfBounds(value: number, type: Extract<FieldType, { type: "number" }>): string | undefined {
  if (type.least !== undefined && value < type.least) return `At least ${type.least}.`;
  if (type.above !== undefined && value <= type.above) return `More than ${type.above}.`;
  if (type.most !== undefined && value > type.most) return `At most ${type.most}.`;
  if (type.below !== undefined && value >= type.below) return `Less than ${type.below}.`;
  return undefined;
}

function parseList(text: string, type: Extract<FieldType, { type: "list" }>): Parsed {
  if (type.items.type === "json" || text.startsWith("[{")) return parseJson(text);
  const parts = text
    .replace(/^[[(]|[\])]$/g, "")
    .split(/[,×\s]+/)
    .filter(Boolean);
  if (type.length !== undefined && parts.length !== type.length)
    return { fault: `${type.length} values, with commas between.` };
  const values: Json[] = [];
  for (const part of parts) {
    const parsed = parseText(part, type.items, false);
    if ("fault" in parsed) return parsed;
    values.push(parsed.value);
  }
  return { value: values };
}

function parseJson(text: string): Parsed {
  if (text.trim() === "") return { value: {} };
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return { fault: 'JSON, such as [1, 2] or {"a": 1}.' };
  }
}

/** The bounds of a number in words; empty where it has none. */
export function describeBounds(type: FieldType): string {
  if (type.type === "either") return type.options.map(describeBounds).filter(Boolean).join("; or ");
  if (type.type !== "number") return "";
  const { least, most, above, below } = type;
  const low = least !== undefined ? `at least ${least}` : above !== undefined ? `more than ${above}` : "";
  const high = most !== undefined ? `at most ${most}` : below !== undefined ? `less than ${below}` : "";
  return [low, high].filter(Boolean).join(", ");
}

/** A value as one types it. */
export function writeText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null))
    return value.map(String).join(", ");
  if (typeof value !== "object") return String(value);
  return Object.keys(value).length > 0 ? JSON.stringify(value) : "";
}

export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export function isChanged(field: Field, params: Params): boolean {
  return field.name in params && !sameValue(params[field.name], field.standard);
}
