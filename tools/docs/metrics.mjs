/** A registry that only remembers what is declared: the list of a process's metrics is what its own code asks for. */
export function createDeclarations() {
  const declared = [];
  const series = { add: () => undefined, set: () => undefined, observe: () => undefined };
  const metric = { with: () => series, clear: () => undefined };
  const declare = (type) => (options, buckets) => {
    declared.push({ type, buckets, ...options });
    return metric;
  };
  return {
    declared,
    metrics: { counter: declare('counter'), gauge: declare('gauge'), histogram: declare('histogram') },
  };
}
