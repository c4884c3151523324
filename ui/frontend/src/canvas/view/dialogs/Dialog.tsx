/** A box over the editor that takes the keyboard, with a veil behind it that closes it. */

import type { CSSProperties, ReactNode } from "react";
import { useDialog } from "./useDialog";

interface Props {
  readonly title: string;
  readonly close: () => void;
  /** The class that says where the box lies and how large it is. */
  readonly className: string;
  readonly style?: CSSProperties;
  readonly children: ReactNode;
}

export function Dialog({ title, close, className, style, children }: Props) {
  const dialog = useDialog<HTMLDivElement>(close);
  return (
    <>
      <div className="veil" onPointerDown={close} />
      <div
        className={`dialog ${className}`}
        role="dialog"
        aria-label={title}
        aria-modal="true"
        style={style}
        {...dialog}
      >
        {children}
      </div>
    </>
  );
}
