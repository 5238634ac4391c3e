/** Percentiles in milliseconds. */
export interface Summary {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Sorts samples in nanoseconds in place and gives their percentiles; all zero when there are none. */
export function summarise(samples: number[]): Summary {
  samples.sort((a, b) => a - b);
  const at = (part: number): number => (samples[Math.floor((samples.length - 1) * part)] ?? 0) / 1e6;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
