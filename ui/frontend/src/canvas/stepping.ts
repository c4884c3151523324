/** Steps through one step of training: asks for it, and keeps which of its moments is looked at. */

import type { Stepping } from "./core/stepping";
import { TRAINING } from "./core/types";
import type { Editor } from "./editor";

/** Begin, on the training graph, or end. */
export function toggleStepping(editor: Editor): void {
  if (editor.view.stepping) return editor.update({ stepping: undefined });
  if (editor.view.path !== TRAINING) editor.openGraph(TRAINING);
  const { versioning } = editor.view;
  editor.update({
    stepping: { walk: undefined, at: 0, fault: undefined, isBusy: true },
    versioning: { ...versioning, isOpen: false },
  });
}

/** Take the step of the project as it is saved. The moment that is looked at stays where it is while there is one. */
export async function takeStep(editor: Editor): Promise<void> {
  put(editor, { isBusy: true });
  const found = await editor.exchange.walk().then(
    (walk) => ({ walk, fault: undefined }),
    (error: Error) => ({ walk: undefined, fault: error.message }),
  );
  const at = Math.min(editor.view.stepping?.at ?? 0, Math.max(0, (found.walk?.moments.length ?? 1) - 1));
  put(editor, { ...found, at, isBusy: false });
}

/** Look at another moment. */
export function goTo(editor: Editor, at: number): void {
  const moments = editor.view.stepping?.walk?.moments ?? [];
  if (moments.length === 0) return;
  const place = Math.min(Math.max(0, at), moments.length - 1);
  put(editor, { at: place });
  const node = moments[place]?.node;
  const { focus } = editor.view;
  if (node) editor.update({ focus: { ids: [node], count: (focus?.count ?? 0) + 1, manner: "calm" } });
}

function put(editor: Editor, part: Partial<Stepping>): void {
  const { stepping } = editor.view;
  if (stepping) editor.update({ stepping: { ...stepping, ...part } });
}
