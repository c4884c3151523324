/** Asks the server about a run. */

const SILENT = "Layerloom does not answer. Is it still running?";

/** What it answers to a wish; where it is refused, or nobody answers, a sentence in `error`. */
export async function ask<T extends { error?: string }>(run: string, what: string, wish: unknown): Promise<T> {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) };
  try {
    return (await (await fetch(`/api/runs/${encodeURIComponent(run)}/${what}`, options)).json()) as T;
  } catch {
    return { error: SILENT } as T;
  }
}
