import { describe, expect, it } from "vitest";
import { readInline, readMarkdown } from "./markdown";

const text = (words: string) => ({ type: "text", text: words });

describe("a note in Markdown", () => {
  it("has headings, paragraphs, lists and code", () => {
    const source =
      "## Why\nTwo branches,\none sum.\n\n- small\n* fast\n\n1. first\n2) second\n\n```\na * b\n# no heading\n```";
    expect(readMarkdown(source)).toEqual([
      { type: "heading", level: 2, parts: [text("Why")] },
      { type: "paragraph", parts: [text("Two branches,\none sum.")] },
      { type: "list", ordered: false, items: [[text("small")], [text("fast")]] },
      { type: "list", ordered: true, items: [[text("first")], [text("second")]] },
      { type: "code", text: "a * b\n# no heading" },
    ]);
  });
  it("has bold, italic and code in a line, one in the other", () => {
    expect(readInline("a **b *c*** `*d*` _e_ snake_case_name 2 * 3 * 4")).toEqual([
      text("a "),
      { type: "strong", parts: [text("b "), { type: "emphasis", parts: [text("c")] }] },
      text(" "),
      { type: "code", text: "*d*" },
      text(" "),
      { type: "emphasis", parts: [text("e")] },
      text(" snake_case_name 2 * 3 * 4"),
    ]);
  });
  it("has links to the web", () => {
    expect(readInline("[paper](https://arxiv.org/abs/1512.03385)")).toEqual([
      { type: "link", address: "https://arxiv.org/abs/1512.03385", parts: [text("paper")] },
    ]);
  });
  it.each([
    "javascript:alert`1`",
    "JaVaScRiPt:alert",
    "data:text/html,x",
    "file:///etc/passwd",
    "//host/x",
    "https://",
  ])("has no link to %s", (address) => {
    const parts = readInline(`[go](${address})`);
    expect(parts.some((part) => part.type === "link")).toBe(false);
  });
  it("keeps tags as the text that they are", () => {
    expect(readMarkdown("<img src=x onerror=alert(1)>")).toEqual([
      { type: "paragraph", parts: [text("<img src=x onerror=alert(1)>")] },
    ]);
  });
  it("ends where code is not closed, and is nothing where nothing stands", () => {
    expect(readMarkdown("```\nabc")).toEqual([{ type: "code", text: "abc" }]);
    expect(readMarkdown(" \n\n")).toEqual([]);
  });
  it.each(["**a ".repeat(5000), "*".repeat(20000), "[".repeat(20000), "`".repeat(19999), "_a ".repeat(6000)])(
    "is read at once, whatever it is made of (%#)",
    (source) => {
      const start = performance.now();
      readMarkdown(source);
      expect(performance.now() - start).toBeLessThan(1000);
    },
  );
});
