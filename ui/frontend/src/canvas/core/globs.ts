/** Patterns of names as Python's `fnmatch` reads them: `*`, `?`, `[abc]` and `[!abc]`. A star takes dots, too. */

const PARTS = /\[(!?)(\]?[^\]]*)\]|[^]/g;

/** Whether a pattern fits a whole name. */
export function fitsGlob(pattern: string, name: string): boolean {
  const source = pattern.replace(PARTS, (part: string, not: string, inside?: string) => {
    if (inside !== undefined) return `[${not && "^"}${inside.replace(/[\\\]^[&~|]/g, "\\$&")}]`;
    return part === "*" ? "[^]*" : part === "?" ? "[^]" : part.replace(/[\\^$.|+()[\]{}]/, "\\$&");
  });
  try {
    return new RegExp(`^${source}$`).test(name);
  } catch {
    return false; // A range that ends before it begins, such as [z-a], fits nothing.
  }
}
