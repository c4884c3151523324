/** Icons as line drawings of 16 by 16, drawn for this application. */

const PATHS = {
  undo: "M6 3 3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6",
  redo: "M10 3l3 3-3 3M13 6H6.5a3.5 3.5 0 0 0 0 7H10",
  layout: "M2 6h4v4H2zM10 2h4v4h-4zM10 10h4v4h-4zM6 8h2M8 4v8M8 4h2M8 12h2",
  fit: "M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5M5.5 5.5h5v5h-5z",
  swap: "M3 6h9M9.5 3.5 12 6M13 10H4M6.5 12.5 4 10",
  find: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 14 14",
  plus: "M8 3v10M3 8h10",
  code: "M5.500 4 2 8l3.500 4M10.500 4 14 8l-3.500 4",
  glimpse: "M2 8h5M5 6l2 2-2 2M9.500 4v8M12 6.500v.1M12 9.500v.1M14 8v.1",
  step: "M2 8h3M11 8h3M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 2v1M8 13v1",
  command: "M2 3.5h12v9H2zM4.5 6.5 6.500 8l-2 1.500M8 10h3.500",
  close: "M4 4l8 8M12 4l-8 8",
  versions: "M8 4.500v4l2.500 1.500M3 8a5 5 0 1 0 1.6-3.7M3 2.500V5h2.500",
  next: "M6 4l4 4-4 4",
  link: "M6.5 9.500a2.600 2.600 0 0 0 3.700 0l2.300-2.300a2.600 2.600 0 0 0-3.700-3.700L8 4.300M9.500 6.500a2.600 2.600 0 0 0-3.700 0L3.500 8.800a2.600 2.600 0 0 0 3.700 3.700l.8-.8",
  outline: "M2.500 4h2M2.500 8h2M2.500 12h2M7 4h6.500M7 8h6.500M7 12h6.500",
  pause: "M5.500 3.500v9M10.500 3.500v9",
  play: "M5 3.2v9.6l7.5-4.8z",
  help: "M6 6a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1M8 11.6v.2M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8z",
  left: "M2 3h12v10H2zM6 3v10",
  right: "M2 3h12v10H2zM10 3v10",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.5V5h2.5",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5",
  copy: "M5.5 5.5h7v7h-7zM3.5 10.5v-7h7",
  bypass: "M2 8h2.5a3.5 3.5 0 0 1 7 0H14M6 11h4",
  error: "M8 1.8 14.2 8 8 14.2 1.8 8zM8 5v3.6M8 10.6v.2",
  warning: "M8 2.2 14.4 13H1.6zM8 6.2v3.2M8 11.1v.2",
  advice: "M5.6 9.4a3.6 3.6 0 1 1 4.8 0c-.5.5-.6.9-.6 1.6H6.2c0-.7-.1-1.1-.6-1.6zM6.5 13.2h3",
  check: "M3 8.5 6.5 12 13 4.5",
  grip: "M6 4v.1M10 4v.1M6 8v.1M10 8v.1M6 12v.1M10 12v.1",
  io: "M2 8h8M7 5l3 3-3 3M12.5 3v10",
  linear: "M3 4v.1M3 8v.1M3 12v.1M13 6v.1M13 10v.1M3 4l10 2M3 4l10 6M3 8l10-2M3 8l10 2M3 12l10-6M3 12l10-2",
  convolution: "M2 2h12v12H2zM2 6h12M2 10h12M6 2v12M10 2v12M6 6h4v4H6z",
  pooling: "M2 2h7v7H2zM5.5 2v7M2 5.5h7M10 10h4v4h-4zM9 9l1 1",
  normalisation: "M2 13c3 0 3.5-9 6-9s3 9 6 9M8 4v9",
  activation: "M2 12h5l6-8M2 14h12",
  regularisation: "M4 4v.1M8 4h.1M12 4v.1M4 8h.1M8 8l.1 0M12 8h.1M4 12v.1M8 12h.1M12 12v.1M6.5 6.5l3 3M9.5 6.5l-3 3",
  shape: "M2 4h5v8H2zM9 6h5v4H9z",
  merge: "M2 4h3l4 4h5M2 12h3l4-4",
  recurrent: "M4 11a4.5 4.5 0 1 1 2 2M4 14v-3h3",
  attention:
    "M2 8c2.5-4 9.500-4 12 0-2.500 4-9.500 4-12 0zM8 6.300a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400z",
  embedding: "M3 3h3v10H3zM9 5h4M9 8h4M9 11h4",
  block: "M2.500 5.500 8 2.500l5.500 3v5L8 13.500l-5.500-3zM2.500 5.500 8 8.500l5.500-3M8 8.500v5",
  data: "M3 4c0-2 10-2 10 0v8c0 2-10 2-10 0zM3 4c0 2 10 2 10 0M3 8c0 2 10 2 10 0",
  network: "M2.500 6.500h3v3h-3zM10.500 2.500h3v3h-3zM10.500 10.500h3v3h-3zM5.500 8l5-4M5.500 8l5 4",
  loss: "M2 3c1.500 7 4 9 12 9.500M2 14h12",
  metric: "M3 13V9M6.500 13V6M10 13V8M13.500 13V3",
  preview: "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3M10.500 6v.1",
  optimizer:
    "M8 5.800a2.200 2.200 0 1 1 0 4.400 2.200 2.200 0 0 1 0-4.400zM8 2v2M8 12v2M2 8h2M12 8h2M3.800 3.800l1.400 1.400M10.800 10.800l1.400 1.400M12.200 3.800l-1.400 1.400M5.200 10.800l-1.400 1.400",
  draw: "M3 3h10v10H3zM6 6v.1M10 6v.1M8 8v.1M6 10v.1M10 10v.1",
  penalty: "M8 2v9M4 13.500h8M3 5h10M3 5l-1.500 4h3zM13 5l-1.500 4h3z",
  operation: "M4 4l3 3M7 4 4 7M10 5.500h3.500M10 11h3.500M3.500 11h4M5.500 9v4",
  unknown: "M2.500 2.500h11v11h-11zM6.500 6.300a1.600 1.600 0 1 1 2.100 1.500c-.4.2-.6.500-.6 1M8 10.800v.1",
} as const;

export type IconName = keyof typeof PATHS;

/** The line of an icon, for drawing it elsewhere. */
export const lineOf = (name: IconName): string => PATHS[name];

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg aria-hidden="true" className="icon" viewBox="0 0 16 16" width={size} height={size}>
      <path d={PATHS[name]} />
    </svg>
  );
}

interface Look {
  readonly icon: IconName;
  readonly colour: string;
}

/** Every family has a colour and an icon. Colours are of middle lightness, so that they stand on light and dark. */
const FAMILIES: Readonly<Record<string, Look>> = {
  "input and output": { icon: "io", colour: "#7f8790" },
  linear: { icon: "linear", colour: "#3987e5" },
  convolution: { icon: "convolution", colour: "#8a6fd1" },
  pooling: { icon: "pooling", colour: "#3aa6b9" },
  normalisation: { icon: "normalisation", colour: "#6b9a3d" },
  activation: { icon: "activation", colour: "#e8833a" },
  regularisation: { icon: "regularisation", colour: "#c9557f" },
  shape: { icon: "shape", colour: "#9c6b4e" },
  merge: { icon: "merge", colour: "#b3932f" },
  sequence: { icon: "recurrent", colour: "#c0569b" },
  attention: { icon: "attention", colour: "#d0605e" },
  embedding: { icon: "embedding", colour: "#35a277" },
  structure: { icon: "block", colour: "#35a277" },
  "blocks of this project": { icon: "block", colour: "#35a277" },
  "my blocks": { icon: "block", colour: "#8a6fd1" },
  "shipped blocks": { icon: "block", colour: "#3987e5" },
  data: { icon: "data", colour: "#35a277" },
  networks: { icon: "network", colour: "#3987e5" },
  "networks of this project": { icon: "network", colour: "#3987e5" },
  draws: { icon: "draw", colour: "#6b9a3d" },
  losses: { icon: "loss", colour: "#d0605e" },
  penalties: { icon: "penalty", colour: "#c9557f" },
  metrics: { icon: "metric", colour: "#3aa6b9" },
  previews: { icon: "preview", colour: "#8a6fd1" },
  operations: { icon: "operation", colour: "#9c6b4e" },
  optimizers: { icon: "optimizer", colour: "#e8833a" },
};

export function lookOf(family: string | undefined): Look {
  return FAMILIES[family?.toLowerCase() ?? ""] ?? { icon: family ? "block" : "unknown", colour: "#7f8790" };
}
