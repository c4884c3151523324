/** The gallery: cards of own projects and presets, a filter, and a place for files anywhere on the page. */

import { choice, h } from "../livechart/dom";
import { buildCard } from "./cards";
import { findCards } from "./finding";
import { sendFile } from "./intake";
import style from "./style.css?inline";
import type { Act, GalleryData, Mounted } from "./types";

class Gallery {
  readonly root = h("div", { class: "ll-gallery" });
  private readonly tools = h("div", { class: "ll-tools" });
  private readonly cards = h("div");
  private readonly search = h("input", { type: "search", placeholder: "Search", "aria-label": "Search projects and presets" });
  private readonly message = h("p", { class: "ll-note", role: "status" });
  private readonly picker = h("input", { type: "file", accept: ".json,.zip,.svg,.png", hidden: "" });
  private data: GalleryData | null = null;
  private task = "all";
  private depth = 0;
  private readonly listeners: [string, (event: DragEvent) => void][];

  constructor(
    parent: HTMLElement | ShadowRoot,
    private component: Mounted,
  ) {
    this.root.append(h("style", {}, style), this.message, this.tools, this.cards, this.picker, h("div", { class: "ll-drop" }, "Drop a project file, a picture saved here or a take-home zip"));
    this.message.hidden = true;
    parent.append(this.root);
    this.search.oninput = () => this.showCards();
    this.picker.onchange = () => void this.take(this.picker.files?.[0]);
    this.listeners = [
      ["dragenter", (event) => this.hover(event, 1)],
      ["dragleave", (event) => this.hover(event, -1)],
      ["dragover", (event) => event.preventDefault()],
      ["drop", (event) => this.drop(event)],
    ];
    for (const [name, listener] of this.listeners) window.addEventListener(name, listener as EventListener);
  }

  update(component: Mounted): void {
    this.component = component;
    if (JSON.stringify(component.data) === JSON.stringify(this.data)) return;
    const isFirst = !this.data;
    this.data = component.data;
    if (isFirst) this.showTools();
    this.showCards();
  }

  close(): void {
    for (const [name, listener] of this.listeners) window.removeEventListener(name, listener as EventListener);
    this.root.remove();
  }

  private showTools(): void {
    const data = this.data!;
    const tasks = [["all", "All"], ...data.tasks] as [string, string][];
    const filter = choice("Task", tasks, this.task, (task) => {
      this.task = task;
      this.showCards();
    });
    this.tools.replaceChildren(filter, this.search, h("div", { class: "ll-begin" }, this.newButton(data), this.openButton()));
  }

  private showCards(): void {
    const data = this.data!;
    const shown = (cards: GalleryData["presets"]) => findCards(cards, this.task, this.search.value);
    const own = shown(data.own);
    const presets = shown(data.presets);
    const act: Act = (name, value) => {
      this.say("");
      this.component.setTriggerValue(name, value);
    };
    const grid = (cards: GalleryData["own"]) => h("div", { class: "ll-grid" }, ...cards.map((card) => buildCard(card, act)));
    const begin = data.own.length ? "Start from" : "Start from one of these; open one and press Train";
    this.cards.replaceChildren(
      ...(own.length ? [h("h2", {}, "Your projects"), grid(own)] : []),
      ...(presets.length ? [h("h2", {}, begin), grid(presets)] : []),
      ...(own.length || presets.length ? [] : [h("p", { class: "ll-none" }, "Nothing here has all of these words.")]),
    );
  }

  private newButton(data: GalleryData): HTMLElement {
    const menu = h("div", { class: "ll-menu", role: "menu" });
    for (const [task, title, line] of data.starts) {
      const item = h("button", { type: "button", role: "menuitem" }, h("b", {}, title), h("span", {}, line));
      item.onclick = () => {
        this.say("");
        this.component.setTriggerValue("start", task);
      };
      menu.append(item);
    }
    return h("details", { class: "ll-new" }, h("summary", {}, "New project"), menu);
  }

  private openButton(): HTMLElement {
    const button = h("button", { type: "button", title: "A project file, a picture saved here or a take-home zip" }, "Open file");
    button.onclick = () => this.picker.click();
    return button;
  }

  private hover(event: DragEvent, change: number): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.depth += change;
    this.root.classList.toggle("ll-dropping", this.depth > 0);
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    this.depth = 0;
    this.root.classList.remove("ll-dropping");
    void this.take(event.dataTransfer?.files[0]);
  }

  private async take(file: File | undefined): Promise<void> {
    if (!file) return;
    this.say(`Opening ${file.name}`);
    const { id, error } = await sendFile(file);
    this.say(error ?? "");
    this.picker.value = "";
    if (id) this.component.setTriggerValue("look", { project: id });
  }

  private say(sentence: string): void {
    this.message.textContent = sentence;
    this.message.hidden = !sentence;
  }
}

const galleries = new WeakMap<object, Gallery>();

export default function mount(component: Mounted): () => void {
  const parent = component.parentElement;
  let gallery = galleries.get(parent);
  if (!gallery) {
    gallery = new Gallery(parent, component);
    galleries.set(parent, gallery);
  }
  gallery.update(component);
  return () => {
    galleries.get(parent)?.close();
    galleries.delete(parent);
  };
}
