/** Pictures among the commands. */

import type { Command } from "../commands/command";
import { type Format, savePicture } from "./saving";

const NAMES: Readonly<Record<Format, string>> = { svg: "SVG", png: "PNG" };

export const PICTURES: readonly Command[] = (["svg", "png"] as const).map((format) => ({
  id: `picture-${format}`,
  title: `Save picture as ${NAMES[format]}…`,
  group: "Project",
  isOff: (editor) => (editor.graph.nodes.length > 0 ? undefined : "Nothing is drawn here yet."),
  run: ({ editor }) => void savePicture(editor, format),
}));
