/** Streamlit changes the variables of its theme without calling us. */

const LOOK_EVERY = 700;
const WATCHED = ["--st-background-color", "--st-text-color", "--st-blue-color"];

/** Call `redraw` whenever the theme that an element stands in has changed, until what is returned is called. */
export function watchTheme(element: HTMLElement, redraw: () => void): () => void {
  let theme = "";
  const timer = window.setInterval(() => {
    const styles = getComputedStyle(element);
    const now = WATCHED.map((name) => styles.getPropertyValue(name)).join();
    if (theme && now !== theme) redraw();
    theme = now;
  }, LOOK_EVERY);
  return () => window.clearInterval(timer);
}
