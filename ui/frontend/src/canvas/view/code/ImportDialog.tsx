/** PyTorch source becomes networks of this project, as one step; what could not be taken is said line by line. */

import { useRef, useState } from "react";
import type { Remark } from "../../core/code";
import { layOutAdded } from "../../core/layout";
import { NETWORKS } from "../../core/types";
import { type Imported, readSource } from "../../code";
import type { Context } from "../commands/command";
import { findCommand, runCommand } from "../commands/registry";
import { FormDialog } from "../dialogs/FormDialog";
import { Icon } from "../icons";
import { useEditor } from "../use";

const EXAMPLE = `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        ...`;

const trainThis = findCommand("train-this");

export function ImportDialog({ context, close }: { context: Context; close: () => void }) {
  const editor = useEditor();
  const [source, setSource] = useState("");
  const [fault, setFault] = useState<string>();
  const [done, setDone] = useState<Imported>();
  const [isBusy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      const imported = await readSource(source, Object.keys(editor.project.networks));
      const before = new Set(Object.keys(editor.project.networks));
      const edits = layOutAdded(editor.project, imported.edits, editor.view.catalogue);
      if (!editor.apply(edits, `import ${imported.main}`)) return;
      const added = Object.keys(editor.project.networks).filter((name) => !before.has(name));
      const main = added.includes(imported.main) ? imported.main : added.at(-1);
      if (main) editor.openGraph(NETWORKS + main);
      if (imported.remarks.length === 0 && trainThis?.isOff?.(editor)) close();
      else setDone(imported);
    } catch (error) {
      setFault((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  const train = () => {
    close();
    if (trainThis) runCommand(trainThis, context);
  };
  return (
    <FormDialog
      title="Import PyTorch source"
      close={close}
      submit={() => (done ? close() : void take())}
      does={done ? "Done" : "Import"}
      isOff={!done && !source.trim()}
      isBusy={isBusy}
      isDone={done !== undefined}
      fault={fault}
      isWide
    >
      {done ? (
        <Remarks imported={done} train={trainThis?.isOff?.(editor) ? undefined : train} />
      ) : (
        <Source source={source} setSource={setSource} />
      )}
    </FormDialog>
  );
}

function Source({ source, setSource }: { source: string; setSource: (source: string) => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const [opened, setOpened] = useState<string>();
  const open = async (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    setSource(await file.text());
    setOpened(file.name);
  };
  return (
    <>
      <p className="summary">
        Paste an <code>nn.Module</code> or an <code>nn.Sequential</code>, or open a file. It is read, never run.
      </p>
      <textarea
        data-first
        aria-label="PyTorch source"
        rows={16}
        spellCheck={false}
        placeholder={EXAMPLE}
        value={source}
        onChange={(event) => setSource(event.target.value)}
        onDrop={(event) => {
          if (event.dataTransfer.files.length === 0) return;
          event.preventDefault();
          void open(event.dataTransfer.files);
        }}
      />
      <div>
        <button type="button" className="plain" onClick={() => picker.current?.click()}>
          <Icon name="code" size={14} /> Open a file
        </button>{" "}
        <small>{opened ?? "or drop one on the text"}</small>
        <input ref={picker} type="file" accept=".py,.txt" hidden onChange={(event) => void open(event.target.files)} />
      </div>
    </>
  );
}

const LEVELS = {
  warning: { icon: "warning", word: "Warning", means: "The network is not quite what the source says." },
  note: { icon: "advice", word: "Note", means: "This changes nothing of the network." },
} as const;

function Level({ of }: { of: Remark["level"] }) {
  const { icon, word, means } = LEVELS[of];
  return (
    <span className={`level ${icon}`} title={means}>
      <Icon name={icon} size={14} /> {word}
    </span>
  );
}

function Remarks({ imported, train }: { imported: Imported; train: (() => void) | undefined }) {
  const count = Object.keys(imported.networks).length;
  return (
    <>
      <p className="summary" role="status">
        {count === 1 ? "One network was added." : `${count} networks were added.`} Undo takes the whole import back.
        {imported.remarks.length > 0 ? " What was not taken as it stands:" : ""}
      </p>
      <ul className="remarks">
        {imported.remarks.map((remark: Remark) => (
          <li key={`${remark.line} ${remark.text}`}>
            <Level of={remark.level} /> {remark.line > 0 ? <small>line {remark.line}</small> : null} {remark.text}
          </li>
        ))}
      </ul>
      {train ? (
        <p className="summary">
          Training still calls the network it called before.{" "}
          <button type="button" className="repair" onClick={train}>
            Train this one
          </button>
        </p>
      ) : null}
    </>
  );
}
