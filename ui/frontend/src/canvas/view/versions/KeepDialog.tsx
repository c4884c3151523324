/** Asks what the version that is to be kept shall be called. */

import { useState } from "react";
import { useDialog } from "../dialog";
import { useEditor } from "../use";
import { keepVersion } from "./doing";

export function KeepDialog({ close }: { close: () => void }) {
  const editor = useEditor();
  const dialog = useDialog<HTMLFormElement>(close);
  const [name, setName] = useState("");
  return (
    <>
      <div className="veil" onPointerDown={close} />
      <form
        className="keep-version"
        role="dialog"
        aria-label="Keep this version"
        aria-modal="true"
        {...dialog}
        onSubmit={(event) => {
          event.preventDefault();
          if (!name.trim()) return;
          close();
          void keepVersion(editor, name.trim());
        }}
      >
        <label htmlFor="version-name">Name of this version</label>
        <input
          id="version-name"
          data-first
          maxLength={200}
          value={name}
          placeholder="Before the second branch"
          onChange={(event) => setName(event.target.value)}
        />
        <div className="buttons">
          <button type="button" className="plain" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={!name.trim()}>
            Keep
          </button>
        </div>
      </form>
    </>
  );
}
