/** The versions of this project: when and why each was kept, and what can be done with it. */

import { useEffect, useState } from "react";
import type { Version } from "../../versions";
import type { Context } from "../commands/command";
import { Icon } from "../icons";
import { useEditor, usePart } from "../use";
import { DifferenceList } from "./DifferenceList";
import { compare, discard, goBackTo, recall, refresh, toggleVersions } from "./doing";
import { tellTime } from "./times";

const AGAIN = 15_000;

export function VersionsPanel({ context }: { context: Pick<Context, "editor" | "focus"> }) {
  const editor = useEditor();
  const { list, comparison } = usePart((view) => view.versioning);
  const [gone, setGone] = useState<Version>();
  useEffect(() => {
    void refresh(editor);
    const timer = setInterval(() => void refresh(editor), AGAIN);
    return () => clearInterval(timer);
  }, [editor]);
  return (
    <aside className="panel versions" aria-label="Versions">
      <header>
        <h2>{comparison ? "What differs" : "Versions"}</h2>
        <button
          type="button"
          className="tool"
          aria-label="Close the versions"
          title="Close (V)"
          onClick={() => toggleVersions(context)}
        >
          <Icon name="close" size={14} />
        </button>
      </header>
      {comparison ? (
        <DifferenceList comparison={comparison} />
      ) : (
        <>
          <button type="button" className="plain" onClick={() => editor.update({ dialog: "keep-version" })}>
            Keep this version…
          </button>
          {gone ? (
            <p className="gone" role="status">
              “{gone.name}” is in the trash.{" "}
              <button
                type="button"
                className="repair"
                onClick={() => {
                  void recall(editor, gone);
                  setGone(undefined);
                }}
              >
                Take it back
              </button>
            </p>
          ) : null}
          {list.length === 0 ? (
            <p className="empty">
              Nothing is kept yet. A version is kept by itself every 50 edits or 10 minutes, and when training starts.
            </p>
          ) : null}
          <ul>
            {list.map((version) => (
              <Entry
                key={version.id}
                version={version}
                discard={() => {
                  void discard(editor, version);
                  setGone(version);
                }}
              />
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}

function Entry({ version, discard }: { version: Version; discard: () => void }) {
  const editor = useEditor();
  const when = tellTime(version.at);
  return (
    <li className={version.automatic ? "version is-automatic" : "version"} data-version={version.name}>
      <div className="version-name">{version.name}</div>
      <div className="version-time" title={new Date(version.at * 1000).toLocaleString()}>
        {when}, {version.automatic ? "kept by itself" : "kept by hand"}
      </div>
      <div className="version-does">
        <button
          type="button"
          className="repair"
          aria-label={`Compare “${version.name}”, ${when}, with now`}
          onClick={() => void compare(editor, version)}
        >
          Compare
        </button>
        <button
          type="button"
          className="repair"
          aria-label={`Go back to “${version.name}”, ${when}`}
          onClick={() => void goBackTo(editor, version)}
        >
          Go back
        </button>
        <button
          type="button"
          className="tool"
          aria-label={`Delete “${version.name}”, ${when}`}
          title="Delete"
          onClick={discard}
        >
          <Icon name="trash" size={14} />
        </button>
      </div>
    </li>
  );
}
