/** A schema with every sort of parameter, in the words of JSON Schema as pydantic writes it. */

import { kind } from "./samples";
import type { Schema } from "./types";

const size: Schema = {
  anyOf: [
    { type: "integer", minimum: 1 },
    {
      type: "array",
      minItems: 2,
      maxItems: 2,
      prefixItems: [
        { type: "integer", minimum: 1 },
        { type: "integer", minimum: 1 },
      ],
    },
  ],
  default: 3,
};

const schedule = (name: string): Schema => ({
  type: "object",
  properties: { kind: { const: name, type: "string" }, warmup: { type: "integer", minimum: 0, default: 0 } },
});

export const samples = kind("Sample", {
  schema: {
    type: "object",
    $defs: { Cosine: schedule("cosine"), Step: schedule("step") },
    properties: {
      out_channels: { type: "integer", minimum: 1, maximum: 1000000, default: 32 },
      momentum: { type: "number", minimum: 0, exclusiveMaximum: 1, default: 0.9 },
      lr: { type: "number", exclusiveMinimum: 0, default: 0.01 },
      kernel_size: size,
      padding: { anyOf: [...(size.anyOf ?? []), { enum: ["same", "valid"], type: "string" }], default: 0 },
      clip_norm: { anyOf: [{ type: "number" }, { type: "null" }], default: null },
      networks: { type: "array", items: { type: "string" }, default: [] },
      schedule: {
        anyOf: [{ oneOf: [{ $ref: "#/$defs/Cosine" }, { $ref: "#/$defs/Step" }] }, { type: "null" }],
        default: null,
      },
    },
  },
});
