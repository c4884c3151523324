/** What small parts of every page have in common: they ask a route again and again, and are made once for a place. */

export interface Mounted {
  parentElement: HTMLElement;
  setTriggerValue(name: string, value: unknown): void;
}

interface Part {
  update(component: Mounted): void;
  close(): void;
}

const PERIOD = 1500;
const PERIOD_HIDDEN = 8000;

/** Asks at once and then every so often, less often while nobody sees the page, until it is closed. */
export class Polling {
  private timer = 0;
  private closed = false;

  constructor(private readonly ask: () => Promise<unknown>) {
    void this.look();
  }

  /** Ask now; the next time is a period later. */
  async look(): Promise<void> {
    window.clearTimeout(this.timer);
    await this.ask();
    window.clearTimeout(this.timer);
    const period = document.hidden ? PERIOD_HIDDEN : PERIOD;
    if (!this.closed) this.timer = window.setTimeout(() => void this.look(), period);
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
  }
}

/** Streamlit calls the entry at every run of the page; the part is made the first time and kept until it is taken away. */
export function mountOnce(make: (component: Mounted) => Part): (component: Mounted) => () => void {
  const parts = new WeakMap<object, Part>();
  return (component) => {
    const parent = component.parentElement;
    const part = parts.get(parent) ?? make(component);
    part.update(component);
    parts.set(parent, part);
    return () => {
      parts.get(parent)?.close();
      parts.delete(parent);
    };
  };
}
