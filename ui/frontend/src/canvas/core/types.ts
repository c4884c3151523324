/** The project file and what Python says about it, as the canvas reads them. The Python side is `builder/document.py`. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Params = Readonly<Record<string, Json>>;
export type Position = readonly [number, number];

export interface GraphNode {
  readonly id: string;
  readonly kind: string;
  readonly params: Params;
  readonly position: Position;
  readonly bypassed: boolean;
  readonly weights_of: string | null;
}

export interface Edge {
  readonly source: string;
  readonly target: string;
  readonly source_port: string;
  readonly target_port: string;
  readonly via: readonly Position[];
}

export type FrameColour = "grey" | "blue" | "green" | "orange" | "red" | "violet";

/** A titled rectangle behind a group of nodes. */
export interface Frame {
  readonly title: string;
  readonly position: Position;
  readonly size: Position;
  readonly colour: FrameColour;
}

/** A text in Markdown on the canvas. */
export interface Note {
  readonly text: string;
  readonly position: Position;
  readonly size: Position;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
  readonly params: Params;
  readonly frames: readonly Frame[];
  readonly notes: readonly Note[];
  readonly [rest: string]: unknown;
}

export interface Project {
  readonly format: number;
  readonly name: string;
  readonly description: string;
  readonly networks: Readonly<Record<string, Graph>>;
  readonly training: Graph;
  readonly data: Readonly<Record<string, Json>>;
  readonly run: Readonly<Record<string, Json>>;
  readonly [rest: string]: unknown;
}

export interface Port {
  readonly name: string;
  readonly ranks: readonly number[];
  readonly dtype: string;
  readonly optional: boolean;
  readonly variadic: boolean;
  readonly help: string;
  /** What stands beside it on the canvas where its name alone would not tell what it is. */
  readonly label?: string;
}

export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  /** The part of the form that the field belongs to. */
  readonly group?: string;
  /** What a person reads where the name alone would not tell what it is. */
  readonly label?: string;
  /** What the number counts, such as degrees. */
  readonly unit?: string;
  /** The field that names the network whose parameters this one gives values for. */
  readonly of?: string;
  /** Values of another field that this one is about; it is shown only beside them. */
  readonly when?: Readonly<Record<string, readonly Json[]>>;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

export interface Kind {
  readonly kind: string;
  readonly family: string;
  readonly title: string;
  readonly summary: string;
  readonly help: string;
  readonly synonyms: readonly string[];
  readonly shown: readonly string[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly dynamic_ports: boolean;
  /** Other kinds whose weights a node of this one may use. */
  readonly borrows_from?: readonly string[];
  readonly schema: Schema;
  /** Of an offer that stands for more than a layer: what a new node of it is, and what has to be done before. */
  readonly offer?: Offer;
}

export interface Offer {
  readonly kind: string;
  readonly id: string;
  readonly params: Params;
  readonly before: readonly Edit[];
}

export interface Catalogue {
  readonly network: readonly Kind[];
  readonly training: readonly Kind[];
}

export interface OutputFacts {
  readonly name: string;
  readonly label?: string | null;
  readonly shape?: readonly (number | string)[] | null;
  readonly dtype?: string | null;
}

export interface NodeFacts {
  readonly inputs?: readonly (string | Port)[];
  readonly outputs?: readonly OutputFacts[];
  readonly parameters?: number;
  readonly multiply_adds?: number;
  /** The names of what a layer learns itself, each with the number of its axes. */
  readonly tensors?: Readonly<Record<string, number>>;
  readonly params?: Params;
  readonly title?: string;
  /** Of a block: for each repetition the number of the use of its network that it shows. */
  readonly uses?: readonly number[];
}

/** A step into a block: the graph it stands in, its node, and the repetition (from 0). */
export type Step = readonly [graph: string, node: string, turn: number];

/** A use of a network as a block: the way to it, and what it shows other than the network by itself. */
export interface UseFacts {
  readonly trail: readonly Step[];
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  readonly parameters: number;
  readonly multiply_adds: number;
}

export interface GraphFacts {
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  readonly parameters?: number;
  readonly multiply_adds?: number;
  readonly uses?: readonly UseFacts[];
}

export interface Repair {
  readonly title: string;
  readonly edits: readonly Edit[];
}

export type Severity = "error" | "warning" | "advice";

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly graph: string;
  readonly node: string | null;
  readonly port: string | null;
  readonly param: string | null;
  readonly repairs: readonly Repair[];
  /** The numbers of the uses of a block that show it; none where all do. */
  readonly uses?: readonly number[];
}

export interface Analysis {
  readonly graphs: Readonly<Record<string, GraphFacts>>;
  readonly findings: readonly Finding[];
}

/** What is new in an analysis since another one. */
export interface AnalysisNews {
  readonly graphs: Readonly<Record<string, GraphFacts & { readonly gone: readonly string[] }>>;
  readonly gone: readonly string[];
  readonly findings?: readonly Finding[];
}

/** One change, as data. A list of them is one step of the history. */
export interface Edit {
  readonly op: string;
  readonly [field: string]: unknown;
}

export const TRAINING = "training";
export const NETWORKS = "networks.";
