/** One card: picture, title, what it learns, facts, and for own projects a menu. */

import { tellTime } from "../canvas/view/versions/times";
import { h } from "../livechart/dom";
import type { Act, Card } from "./types";

export function buildCard(card: Card, act: Act): HTMLElement {
  const picture = h("div", { class: card.picture ? "ll-picture" : "ll-picture ll-awaited" });
  picture.innerHTML = card.picture;
  const open = h("button", { type: "button", class: "ll-open", "aria-label": `Open ${card.title}` }, card.title);
  open.onclick = () => act("look", { [card.own ? "project" : "preset"]: card.id });
  const facts = h("p", { class: "ll-facts" }, ...listFacts(card).map((fact) => h("span", {}, fact)));
  const body = h("div", { class: "ll-body" }, h("h3", {}, open), h("p", { class: "ll-says" }, card.line), facts);
  const badge = card.first ? h("span", { class: "ll-badge" }, "Start here") : null;
  return h("article", { class: "ll-card", "data-card": card.id }, picture, badge, body, card.own ? buildMenu(card, open, act) : null);
}

function listFacts(card: Card): string[] {
  return card.changed === null ? card.facts : [...card.facts, `changed ${tellTime(card.changed)}`];
}

function buildMenu(card: Card, title: HTMLElement, act: Act): HTMLElement {
  const item = (text: string, run: () => void): HTMLElement => {
    const button = h("button", { type: "button", role: "menuitem" }, text);
    button.onclick = () => {
      menu.removeAttribute("open");
      run();
    };
    return button;
  };
  const list = h(
    "div",
    { class: "ll-menu", role: "menu" },
    item("Rename", () => rename(card, title, act)),
    item("Duplicate", () => act("duplicate", card.id)),
    item("Delete", () => act("discard", card.id)),
  );
  const menu = h("details", { class: "ll-more" }, h("summary", { "aria-label": `More for ${card.title}` }, "⋯"), list);
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget as Node | null)) menu.removeAttribute("open");
  });
  return menu;
}

function rename(card: Card, title: HTMLElement, act: Act): void {
  const field = h("input", { value: card.title, "aria-label": "Name", maxlength: "200" });
  let done = false;
  const finish = (keep: boolean): void => {
    if (done) return;
    done = true;
    const name = field.value.trim();
    field.replaceWith(title);
    if (keep && name && name !== card.title) act("rename", { id: card.id, name });
  };
  field.onblur = () => finish(true);
  field.onkeydown = (event) => {
    if (event.key === "Enter") finish(true);
    if (event.key === "Escape") finish(false);
  };
  title.replaceWith(field);
  field.focus();
  field.select();
}
