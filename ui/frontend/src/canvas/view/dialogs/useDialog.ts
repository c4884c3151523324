/** What every dialog does with the focus: takes it, keeps it inside, and gives it back to where it was. */

import { useCallback, useLayoutEffect, useRef } from "react";

const REACHABLE = 'button, input, select, textarea, summary, a[href], [tabindex]:not([tabindex="-1"])';

type Root = Document | ShadowRoot;

export const rootOf = (element: Element): Root => element.getRootNode() as Root;

/**
 * The ref of a dialog's element, and the handler of its keys. The focus starts at what bears `data-first`. A dialog that
 * does not keep the focus inside lets all keys but Escape through.
 */
export function useDialog<E extends HTMLElement>(close: () => void, keepsFocusInside = true) {
  const dialog = useRef<E>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return undefined;
    const root = rootOf(element);
    const before = leaving?.root === root ? leaving.before : root.activeElement;
    leaving = undefined;
    const first = element.querySelector<HTMLElement>("[data-first]") ?? reachableIn(element)[0];
    first?.focus({ preventScroll: true });
    if (first instanceof HTMLInputElement) first.select();
    return () => {
      leaving = { root, before };
      queueMicrotask(() => {
        if (leaving) giveBack(root, before);
        leaving = undefined;
      });
    };
  }, []);
  const onKeyDown = useCallback(
    (event: React.KeyboardEvent<E>) => {
      if (keepsFocusInside || event.key === "Escape") event.stopPropagation();
      if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (event.key === "Tab" && keepsFocusInside) turnAround(event);
    },
    [close, keepsFocusInside],
  );
  return { ref: dialog, onKeyDown };
}

/**
 * A dialog that closes, and what had the focus before it: a dialog that opens in the same moment will give it back. The focus
 * moves only when React is done, which listens to no event while it takes elements away.
 */
let leaving: { readonly root: Root; readonly before: Element | null } | undefined;

/** Where something else took the focus on purpose, it stays there. */
function giveBack(root: Root, before: Element | null): void {
  const active = root.activeElement;
  if (active && active !== document.body) return;
  const surface = root.querySelector<HTMLElement>("[data-canvas]");
  const target = before instanceof HTMLElement && before.isConnected && before !== document.body ? before : surface;
  target?.focus({ preventScroll: true });
}

function reachableIn(element: Element): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>(REACHABLE)].filter(
    (one) => !one.hasAttribute("disabled") && one.offsetParent !== null,
  );
}

/** Tab behind the last goes to the first, Shift+Tab before the first to the last. */
function turnAround(event: React.KeyboardEvent<HTMLElement>): void {
  const inside = reachableIn(event.currentTarget);
  const [first, last] = [inside[0], inside.at(-1)];
  const active = rootOf(event.currentTarget).activeElement;
  if (!first || !last) event.preventDefault();
  else if (event.shiftKey ? active === first : active === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
