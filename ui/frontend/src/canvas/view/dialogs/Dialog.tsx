/** A box over the editor that takes the keyboard, with a veil behind it that closes it. */

import type { CSSProperties, ReactNode } from "react";
import { useDialog } from "./useDialog";

interface Props {
  readonly title: string;
  readonly close: () => void;
  /** What a press beside the box does, where that is not just closing it. */
  readonly leave?: () => void;
  /** The class that says where the box lies and how large it is. */
  readonly className: string;
  readonly style?: CSSProperties;
  readonly children: ReactNode;
}

export function Dialog({ title, close, leave = close, className, style, children }: Props) {
  const dialog = useDialog<HTMLDivElement>(close);
  return (
    <>
      <div className="veil" onPointerDown={leave} />
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
