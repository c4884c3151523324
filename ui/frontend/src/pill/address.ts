/**
 * The address names the project that a page shows, and Streamlit writes it there after the page was opened: as a step of
 * its own, which the browser's Back would have to be pressed for once more. An address that is only completed is no step.
 */

const NAMES_OF_PROJECT = ["project", "preset"];

/** Whether an address is that of the page before with its project named, or its preset left out: nothing new is shown. */
export function isCompleted(before: URL, after: URL): boolean {
  const [known, wanted] = [before.searchParams.get("project"), after.searchParams.get("project")];
  const isSameProject = known === null || known === wanted;
  return before.origin + before.pathname === after.origin + after.pathname && isSameProject && writeRest(before) === writeRest(after);
}

/** What an address says besides the project. */
function writeRest(address: URL): string {
  const rest = new URLSearchParams(address.search);
  for (const name of NAMES_OF_PROJECT) rest.delete(name);
  return rest.toString();
}

/** Have addresses completed in place, for as long as this window is open; once is enough. */
export function completeInPlace(): void {
  if (Object.hasOwn(history, "pushState")) return;
  const push = history.pushState.bind(history);
  history.pushState = (state: unknown, unused: string, address?: string | URL | null): void => {
    const isNoStep = address != null && isCompleted(new URL(location.href), new URL(address, location.href));
    if (isNoStep) history.replaceState(state, unused, address);
    else push(state, unused, address);
  };
}
