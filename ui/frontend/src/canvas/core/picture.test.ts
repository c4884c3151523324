import { describe, expect, it } from "vitest";
import { fillGraph, fillProject } from "./document";
import { drawPicture, embedProject, nameFile } from "./picture";
import type { Scene } from "./ports";
import { ANALYSIS, CATALOGUE, PROJECT, SCENE } from "./samples";
import type { Graph, Project } from "./types";
import { escapeJson } from "./xml";

const LOOK = () => ({ colour: "#3987e5", line: "M2 8h8" });
const draw = (scene: Scene = SCENE, project: Project = PROJECT) => drawPicture(scene, project, "Sample", LOOK);
const sceneOf = (loose: Record<string, unknown>): Scene => ({ ...SCENE, graph: fillGraph(loose) as Graph });

/** Every tag closes what was opened, and no sign stands bare: what an XML parser would insist on. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [tag, close, name, rest] of svg.matchAll(/<(\/?)([a-z]+)((?:\s+[A-Za-z-]+="[^"<]*")*)\s*\/?>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!tag.endsWith("/>")) open.push(name as string);
    expect(rest).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
  }
  expect(open).toEqual([]);
  const bare = svg.replace(/<(\/?)([a-z]+)((?:\s+[A-Za-z-]+="[^"<]*")*)\s*\/?>/g, "");
  expect(bare).not.toMatch(/[<]|&(?!amp;|lt;|gt;|quot;)/);
}

describe("a picture", () => {
  it("shows every node, every link and the shapes", () => {
    const { svg } = draw();
    for (const node of SCENE.graph.nodes) expect(svg).toContain(`>${node.id}</text>`);
    expect(svg.match(/<path d="M[-0-9.]+,[-0-9.]+ C/g)).toHaveLength(SCENE.graph.edges.length);
    expect(svg).toContain(">32×26×26</text>");
    expect(svg).toContain(">320 params</text>");
    expectWellFormed(svg);
  });
  it("is as large as what is drawn, with a margin", () => {
    const { width, height, svg } = draw(sceneOf({ nodes: [{ id: "a", kind: "ReLU", position: [-100, 40] }] }));
    expect([width, height]).toEqual([176 + 64, 48 + 64]);
    expect(svg).toContain('viewBox="-132 8 240 112"');
  });
  it("shows frames, notes and the names of blocks", () => {
    const project = fillProject({ networks: { encoder: {} } });
    const { svg } = draw(
      sceneOf({
        nodes: [{ id: "b", kind: "Block", params: { network: "encoder" } }],
        frames: [{ title: "The encoder", colour: "blue" }],
        notes: [{ text: "# Why\nThis **matters** to everybody who reads it some day" }],
      }),
      project,
    );
    expect(svg).toContain(">The encoder</text>");
    expect(svg).toContain(">Why</text>");
    expect(svg).toContain(">This matters to everybody who</text>");
    expect(svg).toContain(">Block encoder</text>");
    expectWellFormed(svg);
  });
  it("of nothing is a picture all the same", () => {
    expectWellFormed(draw(sceneOf({})).svg);
  });
});

const EVIL = `</metadata><script>alert(1)</script>"'&]]><!--\u0000\u0008\ud800`;

describe("whatever a project holds", () => {
  const project = fillProject({ name: EVIL, networks: { model: { notes: [{ text: EVIL }] } } });

  it("a picture of it is well-formed and runs nothing", () => {
    const { svg } = drawPicture(
      {
        graph: fillGraph({ nodes: [{ id: EVIL, kind: EVIL }], frames: [{ title: EVIL, colour: EVIL }] }),
        path: "networks.model",
        catalogue: CATALOGUE,
        analysis: ANALYSIS,
      },
      project,
      EVIL,
      LOOK,
    );
    const whole = embedProject(svg, project);
    expectWellFormed(whole);
    expect(whole).not.toContain("<script");
    expect(whole).not.toMatch(/[\u0000\u0008]/);
  });
  it("it comes out of the file as it went in", () => {
    const whole = embedProject(draw().svg, project);
    const inside = /<metadata id="layerloom-project">([^<]*)<\/metadata>/.exec(whole)?.[1] ?? "";
    const text = inside.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
    expect(JSON.parse(text)).toEqual(project);
  });
  it("a dollar sign in it is a dollar sign", () => {
    expect(embedProject("<svg><title></title></svg>", fillProject({ name: "$& $1" }))).toContain("$&amp; $1");
  });
  it("what XML cannot hold is escaped in its JSON", () => {
    expect(escapeJson("\uffff<&")).toBe('"\\uffff&lt;&amp;"');
  });
});

it("a picture's file bears the names of project and graph", () => {
  expect(nameFile(fillProject({ name: "MNIST: a café" }), "networks.model")).toBe("mnist-a-cafe-model");
  expect(nameFile(fillProject({ name: "…" }), "training")).toBe("training");
  expect(nameFile(fillProject({ name: "../../etc/passwd" }), "training")).toBe("etc-passwd-training");
});
