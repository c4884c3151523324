/** Saves the open graph as a picture, with the project inside, so that it opens again when it is dropped on the gallery. */

import { METADATA_ID, type Picture, drawPicture, embedProject, nameFile } from "../../core/picture";
import { insertText } from "../../core/png";
import { NETWORKS, TRAINING } from "../../core/types";
import type { Editor } from "../../editor";
import { lineOf, lookOf } from "../icons";

export type Format = "svg" | "png";

/** Pixels for each unit of the drawing, where the picture does not become too large for a browser. */
const SHARPNESS = 2;
const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 100e6;

export async function savePicture(editor: Editor, format: Format): Promise<void> {
  const { project, scene } = editor;
  const graph = scene.path === TRAINING ? "training" : scene.path.slice(NETWORKS.length);
  const picture = drawPicture(scene, project, `${project.name}: ${graph}`, (kind) => {
    const { colour, icon } = lookOf(kind?.family);
    return { colour, line: lineOf(icon) };
  });
  const name = `${nameFile(project, scene.path)}.${format}`;
  try {
    download(format === "svg" ? asSvg(embedProject(picture.svg, project)) : await asPng(picture, project), name);
    editor.tell(`Saved ${name} with the project inside. Dropped on the gallery, it opens again.`);
  } catch (error) {
    editor.tell(`The picture could not be made: ${(error as Error).message} Save it as SVG instead.`);
  }
}

const asSvg = (svg: string) => new Blob([svg], { type: "image/svg+xml" });

async function asPng(picture: Picture, project: unknown): Promise<Blob> {
  const plain = new Uint8Array(await (await rasterise(picture)).arrayBuffer());
  return new Blob([insertText(plain, METADATA_ID, JSON.stringify(project))], { type: "image/png" });
}

async function rasterise({ svg, width, height }: Picture): Promise<Blob> {
  const scale = Math.min(SHARPNESS, LONGEST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  const image = new Image();
  const address = URL.createObjectURL(asSvg(svg));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.ceil(width * scale), Math.ceil(height * scale)];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("it is too large for this browser.")))),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
