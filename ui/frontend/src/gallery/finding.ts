/** Which cards a person looks for. */

import type { Card } from "./types";

/** The cards of a task, or of all of them, that have every word of a query somewhere in what they say, or in their file's name. */
export function findCards(cards: readonly Card[], task: string, query: string): Card[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return cards.filter((card) => {
    if (task !== "all" && card.task !== task) return false;
    const text = [card.title, card.line, ...card.facts, card.own ? "" : card.id].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
