/** What one batch gives at a node, as `runtime/insight/describing.py` describes it. */

export interface SeenTensor {
  readonly port: string;
  /** With the batch axis first. */
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly numbers?: {
    readonly faulty: number;
    readonly least?: number;
    readonly most?: number;
    readonly mean?: number;
    readonly deviation?: number;
    readonly zeros?: number;
  };
  readonly histogram?: { readonly low: number; readonly high: number; readonly counts: readonly number[] } | null;
  readonly pictures?: readonly string[];
  readonly rows?: readonly (readonly (number | null)[])[];
}

/** The filters of a convolution over pictures, as `runtime/insight/filters.py` describes them. */
export interface SeenFilters {
  readonly manner: "colour" | "slices";
  readonly rows: readonly (readonly string[])[];
  /** The scale goes as far on both sides of zero. */
  readonly limit: number;
  readonly filters: number;
  readonly channels: number;
}

export interface Seen {
  readonly outputs: readonly SeenTensor[];
  readonly samples: number;
  readonly weights: string;
  readonly filters?: SeenFilters | null;
}

/** What of the filters is shown: all, or the first of them. */
export function tellFilters({ manner, rows, filters, channels }: SeenFilters): string {
  const isByRow = manner === "slices" && channels > 1;
  const shown = isByRow ? rows.length : (rows[0]?.length ?? 0);
  const many = filters === 1 ? "One filter" : shown < filters ? `${shown} of ${filters} filters` : `${filters} filters`;
  const slices = rows[0]?.length ?? 0;
  if (!isByRow) return many;
  return `${many}, one a row: ${slices < channels ? `${slices} of ` : ""}${channels} channels`;
}

/** A number in at most five signs that matter. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "not finite";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** The outline of a histogram in a box: one step for every count, the highest as high as the box. */
export function outlineHistogram(counts: readonly number[], width: number, height: number): string {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  const tops = counts.map((count, place) => {
    const y = height - (count / most) * height;
    return `L${(place * step).toFixed(1)} ${y.toFixed(1)}L${((place + 1) * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M0 ${height}${tops.join("")}L${width} ${height}Z`;
}
