/** Asks what the version that is to be kept shall be called. */

import { useState } from "react";
import { FormDialog } from "../dialogs/FormDialog";
import { useEditor } from "../use";
import { keepVersion } from "./doing";

export function KeepDialog({ close }: { close: () => void }) {
  const editor = useEditor();
  const [name, setName] = useState("");
  const keep = () => {
    close();
    void keepVersion(editor, name.trim());
  };
  return (
    <FormDialog title="Keep this version" close={close} submit={keep} does="Keep" isOff={!name.trim()}>
      <label htmlFor="version-name">Name of this version</label>
      <input
        id="version-name"
        data-first
        maxLength={200}
        value={name}
        placeholder="Before the second branch"
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}
