/** A graph as a picture: drawn from the document, in light colours, as an SVG that needs nothing but itself. */

import { costOf, headlineCost, showsCost } from "./cost";
import { insideOf } from "./outline";
import { COST, HEAD, ROW, handleTop, hasRows, nodeSize, portAt, rowsHeight } from "./measure";
import { type NodePorts, type Scene, kindsOf, outputFacts, scenePorts } from "./ports";
import { drawRoute, middleOf, routeCurves } from "./routing";
import type { Frame, FrameColour, GraphNode, Kind, NodeFacts, Note, Project } from "./types";
import { escapeJson, escapeXml } from "./xml";

/** The element that holds the project. `ui/picture_files.py` looks for it. */
export const METADATA_ID = "layerloom-project";

export interface Look {
  readonly colour: string;
  /** The icon's line, in a square of 16 by 16. */
  readonly line: string;
}

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const INK = "#1d2129";
const QUIET = "#636973";
const PAPER = "#ffffff";
const GROUND = "#f5f6f8";
const LINE = "#c6cbd3";
const FONT = "Inter, 'Segoe UI', system-ui, -apple-system, 'Helvetica Neue', Arial, sans-serif";
const MARGIN = 32;
const FRAMES: Readonly<Record<FrameColour, string>> = {
  grey: "#7f8790",
  blue: "#3987e5",
  green: "#35a277",
  orange: "#e8833a",
  red: "#d0605e",
  violet: "#8a6fd1",
};

interface Drawn {
  readonly node: GraphNode;
  readonly kind: Kind | undefined;
  readonly ports: NodePorts;
  readonly facts: NodeFacts | undefined;
  readonly width: number;
  readonly height: number;
}

/** Draw the graph of a scene. */
export function drawPicture(scene: Scene, project: Project, title: string, lookOf: (kind?: Kind) => Look): Picture {
  const nodes = measure(scene);
  const [left, top, right, bottom] = bounds(scene, [...nodes.values()]);
  const [width, height] = [right - left, bottom - top];
  const parts = [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${GROUND}"/>`,
    ...scene.graph.frames.map(drawFrame),
    ...drawLinks(scene, nodes),
    ...[...nodes.values()].map((drawn) => drawNode(drawn, lookOf(drawn.kind), insideOf(project, drawn.node))),
    ...scene.graph.notes.map(drawNote),
  ];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="${left} ${top} ${width} ${height}" font-family="${FONT}" role="img">` +
    `<title>${escapeXml(title)}</title>\n${parts.join("\n")}\n</svg>\n`;
  return { svg, width, height };
}

/** The picture with the project inside, so that it opens again. */
export function embedProject(svg: string, project: Project): string {
  return svg.replace("<title>", () => `<metadata id="${METADATA_ID}">${escapeJson(project)}</metadata>\n<title>`);
}

function measure(scene: Scene): Map<string, Drawn> {
  const kinds = new Map(kindsOf(scene.catalogue, scene.path).map((kind) => [kind.kind, kind]));
  const facts = scene.analysis?.graphs[scene.path];
  return new Map(
    scene.graph.nodes.map((node) => {
      const ports = scenePorts(scene, node);
      const own = facts?.nodes[node.id];
      return [
        node.id,
        {
          node,
          kind: kinds.get(node.kind),
          ports,
          facts: own,
          ...nodeSize(ports, showsCost(scene.path, node.kind, own)),
        },
      ];
    }),
  );
}

function bounds({ graph }: Scene, nodes: readonly Drawn[]): [number, number, number, number] {
  const boxes = [
    ...nodes.map(({ node, width, height }) => [...node.position, width, height] as const),
    ...[...graph.frames, ...graph.notes].map(({ position, size }) => [...position, ...size] as const),
    ...graph.edges.flatMap((edge) => edge.via.map((point) => [...point, 0, 0] as const)),
  ];
  if (boxes.length === 0) return [0, 0, 320, 120];
  const low = (axis: 0 | 1) => Math.floor(boxes.reduce((least, box) => Math.min(least, box[axis]), Infinity)) - MARGIN;
  const high = (axis: 0 | 1) =>
    Math.ceil(boxes.reduce((most, box) => Math.max(most, box[axis] + box[axis === 0 ? 2 : 3]), -Infinity)) + MARGIN;
  return [low(0), low(1), high(0), high(1)];
}

function drawLinks(scene: Scene, nodes: ReadonlyMap<string, Drawn>): string[] {
  const told = new Set<string>();
  return scene.graph.edges.flatMap((edge) => {
    const [source, target] = [nodes.get(edge.source), nodes.get(edge.target)];
    if (!source || !target) return [];
    const curves = routeCurves(
      portAt(source.node.position, source.ports, edge.source_port, true),
      portAt(target.node.position, target.ports, edge.target_port, false),
      edge.via,
    );
    const port = `${edge.source} ${edge.source_port}`;
    const label = told.has(port)
      ? ""
      : (outputFacts(scene.analysis?.graphs[scene.path], edge.source, edge.source_port)?.label ?? "");
    told.add(port);
    const [x, y] = middleOf(curves);
    return [
      `<path d="${drawRoute(curves)}" fill="none" stroke="${LINE}" stroke-width="1.6"/>`,
      ...(label ? [text(label, x, y - 5, { size: 11, colour: QUIET, anchor: "middle", halo: true })] : []),
    ];
  });
}

function drawNode({ node, ports, facts, width, height }: Drawn, look: Look, inside: string | undefined): string {
  const [x, y] = node.position;
  const title = facts?.title || inside?.slice(inside.indexOf(".") + 1) || "";
  const rows = hasRows(ports) ? drawRows(ports, width) : [];
  const parts = [
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}" stroke="${LINE}"${node.bypassed ? ' stroke-dasharray="5 4"' : ""}/>`,
    `<path d="M4 0h4v${height}h-4a4 4 0 0 1 -4 -4v-${height - 8}a4 4 0 0 1 4 -4z" fill="${look.colour}"/>`,
    `<rect x="14" y="12" width="24" height="24" rx="6" fill="${look.colour}" fill-opacity="0.16"/>`,
    `<path d="${look.line}" transform="translate(18 16)" fill="none" stroke="${look.colour}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>`,
    text(shorten(node.id, 16), 46, 21, { size: 14, colour: INK, bold: true }),
    text(shorten([node.kind, title].filter(Boolean).join(" "), 22), 46, 37, { size: 12, colour: QUIET }),
    ...rows,
    ...(height > HEAD + rowsHeight(ports)
      ? [
          text(headlineCost(costOf(facts)), width - 10, height - COST + 10, {
            size: 11,
            colour: QUIET,
            anchor: "end",
          }),
        ]
      : []),
    ...[...ports.inputs.keys()].map((place) => circle(0, handleTop(ports, place))),
    ...[...ports.outputs.keys()].map((place) => circle(width, handleTop(ports, place))),
  ];
  return `<g transform="translate(${x} ${y})"${node.bypassed ? ' opacity="0.55"' : ""}>${parts.join("")}</g>`;
}

const circle = (x: number, y: number) => `<circle cx="${x}" cy="${y}" r="3.5" fill="#8b929b"/>`;

function drawRows({ inputs, outputs }: NodePorts, width: number): string[] {
  const row = (place: number) => HEAD + place * ROW + 13;
  return [
    ...inputs.map((port, place) => text(shorten(port.name, 12), 12, row(place), { size: 12, colour: QUIET })),
    ...outputs.map((port, place) =>
      text(shorten(port.name, 12), width - 12, row(place), { size: 12, colour: QUIET, anchor: "end" }),
    ),
  ];
}

function drawFrame({ title, position: [x, y], size: [width, height], colour }: Frame): string {
  const fill = FRAMES[colour] ?? FRAMES.grey;
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="${fill}" fill-opacity="0.08" stroke="${fill}" stroke-opacity="0.5"/>` +
    text(shorten(title, Math.floor(width / 7.5)), x + 12, y + 20, { size: 13, colour: INK, bold: true })
  );
}

function drawNote({ text: words, position: [x, y], size: [width, height] }: Note): string {
  const lines = wrap(words, Math.max(4, Math.floor((width - 20) / 6.6))).slice(0, Math.floor((height - 12) / 17));
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="#fff8dc" stroke="#e3d9ac"/>` +
    lines.map((line, place) => text(line, x + 10, y + 20 + place * 17, { size: 12, colour: INK })).join("")
  );
}

/** Markdown's signs at the start of a line are left out; words go on the next line where they do not fit. */
function wrap(words: string, most: number): string[] {
  return words.split(/\r?\n/).flatMap((line) => {
    const plain = line.replace(/^\s*#{1,6}\s+/, "").replace(/\*\*|`/g, "");
    const lines = [""];
    for (const word of plain.split(/\s+/)) {
      const last = lines.at(-1) ?? "";
      if (last && last.length + word.length + 1 > most) lines.push(shorten(word, most));
      else lines[lines.length - 1] = shorten(last ? `${last} ${word}` : word, most);
    }
    return lines;
  });
}

interface Style {
  readonly size: number;
  readonly colour: string;
  readonly bold?: boolean;
  readonly anchor?: "middle" | "end";
  /** Drawn on a rim of the ground's colour, so that it can be read over a line. */
  readonly halo?: boolean;
}

function text(content: string, x: number, y: number, { size, colour, bold, anchor, halo }: Style): string {
  const marks = [
    `font-size="${size}" fill="${colour}"`,
    bold ? 'font-weight="600"' : "",
    anchor ? `text-anchor="${anchor}"` : "",
    halo ? `stroke="${GROUND}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"` : "",
  ];
  return `<text x="${x}" y="${y}" ${marks.filter(Boolean).join(" ")}>${escapeXml(content)}</text>`;
}

const shorten = (words: string, most: number) =>
  words.length > most ? `${[...words].slice(0, Math.max(1, most - 1)).join("")}…` : words;

/** The name of a picture's file: the project's and the graph's, in letters that every disk takes. */
export function nameFile(project: Project, path: string): string {
  const clean = (words: string) =>
    words
      .normalize("NFKD")
      .replace(/[^A-Za-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .toLowerCase();
  return (
    [clean(project.name), clean(path.slice(path.indexOf(".") + 1))].filter(Boolean).join("-").slice(0, 80) || "graph"
  );
}
