/** Handlers that stay the same functions while what they do moves on. */

import { useInsertionEffect, useRef, useState } from "react";

/** React Flow tells every node and every link of each handler that is another one: what is drawn at every frame crawls. */
export function useSteady<T extends Record<string, (...values: never[]) => unknown>>(handlers: T): T {
  const latest = useRef(handlers);
  useInsertionEffect(() => {
    latest.current = handlers;
  });
  const [steady] = useState(() => {
    const follow =
      (name: string) =>
      (...values: never[]) =>
        latest.current[name]?.(...values);
    return Object.fromEntries(Object.keys(handlers).map((name) => [name, follow(name)])) as T;
  });
  return steady;
}
