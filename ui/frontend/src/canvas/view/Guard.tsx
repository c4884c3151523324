/** Keeps a fault of the screen from taking the drawing with it: the document is kept elsewhere, so it is shown again. */

import { Component, type ReactNode } from "react";

export class Guard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="broken" role="alert">
        <p>The canvas ran into a fault of its own. Your project is saved.</p>
        <button type="button" className="primary" onClick={() => this.setState({ failed: false })}>
          Show it again
        </button>
      </div>
    );
  }
}
