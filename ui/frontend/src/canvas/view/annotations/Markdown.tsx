/** Draws a note's tree. Everything is a text node or one of these elements: nothing of what somebody wrote is markup. */

import { Fragment, useMemo } from "react";
import { type Block, type Inline, readMarkdown } from "../../core/markdown";

export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => readMarkdown(text), [text]);
  return (
    <>
      {blocks.map((block, place) => (
        <DrawnBlock key={place} block={block} />
      ))}
    </>
  );
}

function DrawnBlock({ block }: { block: Block }) {
  switch (block.type) {
    case "heading":
      return (
        <p className={`heading level-${Math.min(block.level, 3)}`} role="heading" aria-level={block.level}>
          <Parts parts={block.parts} />
        </p>
      );
    case "paragraph":
      return (
        <p>
          <Parts parts={block.parts} />
        </p>
      );
    case "code":
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      );
    case "list": {
      const items = block.items.map((parts, place) => (
        <li key={place}>
          <Parts parts={parts} />
        </li>
      ));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function Parts({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, place) => (
    <Fragment key={place}>
      <Span part={part} />
    </Fragment>
  ));
}

function Span({ part }: { part: Inline }) {
  switch (part.type) {
    case "text":
      return part.text;
    case "code":
      return <code>{part.text}</code>;
    case "strong":
      return (
        <strong>
          <Parts parts={part.parts} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <Parts parts={part.parts} />
        </em>
      );
    case "link":
      return (
        <a href={part.address} target="_blank" rel="noopener noreferrer" className="nodrag">
          <Parts parts={part.parts} />
        </a>
      );
  }
}
