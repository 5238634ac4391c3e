/** One line of the exposition format. */
export interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The state behind one label set. */
export interface Series {
  samples(name: string, labels: Readonly<Record<string, string>>): readonly Sample[];
}

/** The label value of everything beyond the bound. */
export const overflowLabel = 'overflow';
const maxLabelLength = 256;

interface SeriesMap<L extends string, S> {
  with(labels: Readonly<Record<L, string>>): S;
  clear(): void;
  samples(name: string): Sample[];
}

/** The series of one metric by label set, at most `maxSeries` of them and one for the rest. */
export function createSeriesMap<L extends string, S extends Series>(
  names: readonly L[],
  maxSeries: number,
  create: () => S,
): SeriesMap<L, S> {
  const entries = new Map<string, { readonly labels: Record<string, string>; readonly series: S }>();
  const open = (key: string, valueOf: (name: L) => string): S => {
    const labels = Object.fromEntries(names.map((name) => [name, valueOf(name).slice(0, maxLabelLength)]));
    const series = create();
    entries.set(key, { labels, series });
    return series;
  };
  return {
    with(labels) {
      const key = names.map((name) => labels[name]).join('\u0000');
      const found = entries.get(key);
      if (found !== undefined) return found.series;
      if (entries.size < maxSeries || names.length === 0) return open(key, (name) => labels[name]);
      return entries.get(overflowLabel)?.series ?? open(overflowLabel, () => overflowLabel);
    },
    clear: () => {
      entries.clear();
    },
    samples: (name) => [...entries.values()].flatMap(({ labels, series }) => series.samples(name, labels)),
  };
}
