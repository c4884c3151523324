/** One histogram as it is at a step, and below it all of them over the run: time from left to right, dark where many lie. */

import { useMemo } from "react";
import { formatNumber, outlineHistogram } from "../../core/glimpse";
import { type Histogram, paintHeat } from "../../core/spreads";

interface Props {
  readonly title: string;
  readonly facts: string;
  readonly steps: readonly number[];
  readonly histograms: readonly (Histogram | null | undefined)[];
  /** Which of them is shown. */
  readonly at: number;
  readonly go: (place: number) => void;
}

export function HistogramOverTime({ title, facts, steps, histograms, at, go }: Props) {
  const heat = useMemo(() => paintHeat(histograms), [histograms.length, steps.at(-1), title]);
  const now = histograms[at];
  const about = now
    ? `from ${formatNumber(now.low)} to ${formatNumber(now.high)}`
    : "every number is the same, or none was measured";
  return (
    <figure className="over-time" data-part={title} data-step={steps[at]}>
      <figcaption>
        <b>{title}</b> <small>{facts}</small>
      </figcaption>
      <svg
        className="now"
        viewBox="0 0 240 48"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}, ${about}${facts ? `, ${facts}` : ""}`}
      >
        {now ? <path d={outlineHistogram(now.counts, 240, 48)} /> : null}
      </svg>
      <div className="ends">
        <span>{now ? formatNumber(now.low) : ""}</span>
        <span>{now ? formatNumber(now.high) : "all the same"}</span>
      </div>
      {heat && heat.width > 1 ? (
        <div className="heat">
          <svg
            viewBox={`0 0 ${heat.width} ${heat.height}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={`${title} over the run, from ${formatNumber(heat.low)} to ${formatNumber(heat.high)}`}
            onPointerDown={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              const place = Math.floor(((event.clientX - box.left) / box.width) * heat.width);
              go(Math.min(heat.width - 1, Math.max(0, place)));
            }}
          >
            {heat.shades.map((path, shade) => (
              <path key={shade} d={path} opacity={0.12 + (0.88 * (shade + 1)) / heat.shades.length} />
            ))}
            <rect x={at} y={0} width={1} height={heat.height} className="here" />
          </svg>
          <span className="top">{formatNumber(heat.high)}</span>
          <span className="bottom">{formatNumber(heat.low)}</span>
        </div>
      ) : null}
    </figure>
  );
}
