/** One source of metrics in Prometheus' text format. */
export interface MetricsSource {
  name: string;
  read: () => Promise<string>;
}

/**
 * The metrics of several processes as one exposition. A source that does not answer is left out (`aigw_up` tells), and of a
 * family that two processes export only the first is kept: the format allows each family once.
 */
export async function mergeMetrics(own: string, sources: readonly MetricsSource[]): Promise<string> {
  const texts = await Promise.all(sources.map(({ read }) => read().catch(() => '')));
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const text of [own, ...texts]) appendNewFamilies(lines, text, seen);
  return `${lines.join('\n')}\n`;
}

function appendNewFamilies(lines: string[], text: string, seen: Set<string>): void {
  const own = new Set<string>();
  let family = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    family = familyOf(line, family);
    if (seen.has(family)) continue;
    own.add(family);
    lines.push(line);
  }
  for (const one of own) seen.add(one);
}

/** A comment opens a family; `x_bucket`, `x_sum`, `x_count` after it belong to `x`. */
function familyOf(line: string, current: string): string {
  const comment = /^# (?:HELP|TYPE) (\S+)/.exec(line)?.[1];
  if (comment !== undefined) return comment;
  const sample = /^[^\s{]+/.exec(line)?.[0] ?? '';
  return sample.replace(/_(?:bucket|sum|count)$/, '') === current ? current : sample;
}
