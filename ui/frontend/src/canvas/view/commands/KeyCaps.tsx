/** A chord as the caps of its keys. */

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  ContextMenu: "Menu",
};

export function KeyCaps({ keys }: { keys: string | undefined }) {
  if (!keys) return <span className="caps" />;
  const parts = keys === "+" ? ["+"] : keys.split("+");
  return (
    <span className="caps">
      {parts.map((part) => (
        <kbd key={part}>{SIGNS[part] ?? part}</kbd>
      ))}
    </span>
  );
}
