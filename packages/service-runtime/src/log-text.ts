const fixed = new Set(['time', 'level', 'message']);

/** One JSON log line as a line for people: `2026-01-02T03:04:05.678Z INFO  message key=value`. */
export function formatLogLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(entry)
    .filter(([key]) => !fixed.has(key))
    .map(([key, value]) => ` ${key}=${formatValue(value)}`);
  const level = formatBare(entry['level']).toUpperCase().padEnd(5);
  return `${formatBare(entry['time'])} ${level} ${formatMessage(entry['message'])}${pairs.join('')}\n`;
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}

function formatBare(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Keeps one entry on one line, whatever the text contains. */
function formatMessage(value: unknown): string {
  return JSON.stringify(formatBare(value)).slice(1, -1).replaceAll('\\"', '"');
}
