/** A dialog that asks for something: a title, fields, and below them what may go wrong and the buttons. */

import type { ReactNode } from "react";
import { Dialog } from "./Dialog";

interface Props {
  readonly title: string;
  readonly close: () => void;
  readonly submit: () => void;
  /** What the button says that does it. */
  readonly does: string;
  /** Whether what is asked for is not there yet. */
  readonly isOff?: boolean;
  readonly isBusy?: boolean;
  /** Whether it is done already, so that there is nothing to cancel. */
  readonly isDone?: boolean;
  readonly fault?: string | undefined;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

export function FormDialog({ title, close, submit, does, isOff, isBusy, isDone, fault, isWide, children }: Props) {
  return (
    <Dialog title={title} close={close} className={isWide ? "form-dialog is-wide" : "form-dialog"}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isOff && !isBusy) submit();
        }}
      >
        <h2>{title}</h2>
        {children}
        {fault ? (
          <p className="field-note fault" role="alert">
            {fault}
          </p>
        ) : null}
        <div className="buttons">
          {isDone ? null : (
            <button type="button" className="plain" onClick={close}>
              Cancel
            </button>
          )}
          <button type="submit" className="primary" disabled={isOff} aria-busy={isBusy}>
            {does}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
