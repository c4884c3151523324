/** What the page sends to the gallery and gets back. */

export interface Card {
  id: string;
  own: boolean;
  title: string;
  line: string;
  picture: string;
  facts: string[];
  task: string;
  first: boolean;
  /** When a project of one's own was changed, in seconds since 1970. */
  changed: number | null;
}

export interface GalleryData {
  tasks: [string, string][];
  starts: [string, string, string][];
  own: Card[];
  presets: Card[];
}

export interface Mounted {
  data: GalleryData;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: string, value: unknown): void;
}

export type Act = (name: string, value: unknown) => void;
