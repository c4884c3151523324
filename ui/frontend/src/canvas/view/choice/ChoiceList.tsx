/** The field and the list of a choice by typing. How an item looks is said by who offers it. */

import { type ReactNode, useEffect, useId, useRef } from "react";
import { Icon } from "../icons";
import type { Choice } from "./useChoice";

interface Props<T> {
  readonly choice: Choice<T>;
  /** What the field is called. */
  readonly label: string;
  /** What stands in the field while it is empty. */
  readonly hint: string;
  readonly empty: string;
  readonly keyOf: (item: T) => string;
  readonly draw: (item: T) => ReactNode;
  /** Why an item can do nothing now. */
  readonly refuse?: (item: T) => string | undefined;
}

export function ChoiceList<T>({ choice, label, hint, empty, keyOf, draw, refuse }: Props<T>) {
  const { query, found, place } = choice;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [place, found]);
  return (
    <>
      <label className="search-box">
        <Icon name="find" size={14} />
        <input
          data-first
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found.length > 0 ? `${id}-${place}` : undefined}
          aria-label={label}
          placeholder={hint}
          value={query}
          onChange={(event) => choice.type(event.target.value)}
          onKeyDown={choice.onKeyDown}
        />
      </label>
      <div className="results" role="listbox" id={id} aria-label="What was found" ref={list}>
        {found.map((item, at) => {
          const reason = refuse?.(item);
          return (
            <div
              key={keyOf(item)}
              id={`${id}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === place}
              aria-disabled={reason !== undefined}
              className="result"
              title={reason}
              onPointerMove={() => choice.place !== at && choice.point(at)}
              onClick={() => choice.take(at)}
              onKeyDown={() => undefined}
            >
              {draw(item)}
            </div>
          );
        })}
        {found.length === 0 ? <p className="empty">{empty}</p> : null}
      </div>
    </>
  );
}
