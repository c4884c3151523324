import { describe, expect, it } from "vitest";
import { samples } from "./schema.samples";
import { type Field, describeBounds, isChanged, listFields, parseText, writeText } from "./schema";

const fields = new Map(listFields(samples).map((field) => [field.name, field]));
const field = (name: string) => fields.get(name) as Field;
const parse = (name: string, text: string) => parseText(text, field(name).type, field(name).nullable);

describe("a number", () => {
  it("is read within its bounds", () => {
    expect(parse("out_channels", "64")).toEqual({ value: 64 });
    expect(parse("out_channels", "0")).toEqual({ fault: "At least 1." });
    expect(parse("out_channels", "1.5")).toEqual({ fault: "A whole number." });
    expect(parse("momentum", "1")).toEqual({ fault: "Less than 1." });
    expect(parse("lr", "1e-3")).toEqual({ value: 0.001 });
  });
  it("says its bounds in words", () => {
    expect(describeBounds(field("out_channels").type)).toContain("at least 1");
    expect(describeBounds(field("momentum").type)).toContain("less than 1");
    expect(describeBounds({ type: "text" })).toBe("");
  });
  it("may be a reference", () => {
    expect(parse("out_channels", "$classes * 2")).toEqual({ value: "$classes * 2" });
  });
  it("is not what has no digits", () => {
    expect(parse("out_channels", "many")).toEqual({ fault: "A number, or a reference such as $classes." });
  });
});

describe("a size", () => {
  it("is one number or one for each axis", () => {
    expect(parse("kernel_size", "3")).toEqual({ value: 3 });
    expect(parse("kernel_size", "3, 5")).toEqual({ value: [3, 5] });
    expect(parse("kernel_size", "3×5")).toEqual({ value: [3, 5] });
    expect(parse("kernel_size", "(3, 5)")).toEqual({ value: [3, 5] });
  });
  it("may also be a word", () => {
    expect(parse("padding", "same")).toEqual({ value: "same" });
    expect("fault" in parse("padding", "sideways")).toBe(true);
  });
});

describe("nothing", () => {
  it("is a value only where it is allowed", () => {
    expect(parse("clip_norm", "")).toEqual({ value: null });
    expect(parse("out_channels", "")).toEqual({ fault: "A value is needed." });
  });
});

it("one of several objects is told by its kind", () => {
  const type = field("schedule").type;
  expect(type.type === "either" && type.options.map((option) => option.type)).toEqual(["group", "group"]);
  expect(field("schedule").nullable).toBe(true);
});

it("what is written is read again", () => {
  for (const [name, value] of [
    ["kernel_size", [3, 5]],
    ["lr", 0.01],
    ["padding", "same"],
    ["networks", ["a", "b"]],
  ] as const) {
    expect(parse(name, writeText(value as never))).toEqual({ value });
  }
});

it("a value is changed when it is not the standard one", () => {
  expect(isChanged(field("out_channels"), { out_channels: 32 })).toBe(false);
  expect(isChanged(field("out_channels"), { out_channels: 33 })).toBe(true);
  expect(isChanged(field("out_channels"), {})).toBe(false);
});
