import type { Run } from './measure.ts';
import { isStream, type Workload } from './workloads.ts';

/** The runs of one workload, repetition by repetition. */
export interface WorkloadRuns {
  readonly workload: Workload;
  readonly envoy: readonly Run[];
  readonly gateway: readonly Run[];
}

interface Column {
  readonly title: string;
  readonly read: (run: Run) => number;
}

const common: Column[] = [
  { title: 'per s', read: (run) => run.perSecond },
  { title: 'p50 ms', read: (run) => run.load.latency.p50 },
  { title: 'p99 ms', read: (run) => run.load.latency.p99 },
];
const requestColumns: Column[] = [
  ...common,
  { title: 'own us/req', read: (run) => run.ownCpuPerRequest },
  { title: 'Envoy us/req', read: (run) => run.envoyCpuPerRequest },
  { title: 'all us/req', read: (run) => run.ownCpuPerRequest + run.envoyCpuPerRequest },
];
const streamColumns: Column[] = [
  ...common,
  { title: 'first ms', read: (run) => run.load.firstEvent.p50 },
  { title: 'event p50', read: (run) => run.load.eventLatency.p50 },
  { title: 'event p99', read: (run) => run.load.eventLatency.p99 },
  { title: 'own us/ev', read: (run) => run.ownCpuPerEvent },
  { title: 'Envoy us/ev', read: (run) => run.envoyCpuPerEvent },
  { title: 'all us/ev', read: (run) => run.ownCpuPerEvent + run.envoyCpuPerEvent },
];
const memoryColumns: Column[] = [
  { title: 'own MiB', read: (run) => run.ownPeak },
  { title: 'Envoy MiB', read: (run) => run.envoyPeak },
  { title: 'errors', read: (run) => run.load.errors },
];

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value.toFixed(value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : 2);
}

/** A ratio is taken inside one repetition, where both sides saw the same machine; the median of those is shown. */
function medianRatio(runs: WorkloadRuns, read: Column['read']): number {
  const ratios = runs.gateway.map((run, index) => read(run) / read(runs.envoy[index] ?? run));
  return median(ratios.filter(Number.isFinite));
}

function buildRows(runs: WorkloadRuns, columns: readonly Column[]): string[][] {
  const row = (name: string, list: readonly Run[]): string[] => [
    runs.workload.id,
    name,
    ...[...columns, ...memoryColumns].map(({ read }) => formatNumber(median(list.map(read)))),
  ];
  const comparable = (title: string): boolean => !title.startsWith('own');
  const ratio = columns.map(({ title, read }) =>
    comparable(title) ? `x${medianRatio(runs, read).toFixed(2)}` : '',
  );
  const [, envoyMemory] = memoryColumns;
  const memory = envoyMemory === undefined ? '' : `x${medianRatio(runs, envoyMemory.read).toFixed(2)}`;
  return [
    row('Envoy alone', runs.envoy),
    row('gateway', runs.gateway),
    ['', 'ratio', ...ratio, '', memory, ''],
  ];
}

function formatTable(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const format = (row: readonly string[]): string =>
    row
      .map((cell, index) => (index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(format).join('\n');
}

/** Tables of medians, and ratios to Envoy alone. */
export function formatReport(results: readonly WorkloadRuns[]): string {
  const section = (title: string, stream: boolean, columns: readonly Column[]): string => {
    const rows = results
      .filter(({ workload }) => isStream(workload) === stream)
      .flatMap((runs) => buildRows(runs, columns));
    const head = [
      'workload',
      'target',
      ...columns.map((column) => column.title),
      ...memoryColumns.map((column) => column.title),
    ];
    return rows.length === 0 ? '' : `${title}\n${formatTable(head, rows)}\n`;
  };
  return [
    section('Requests (medians; ratio to Envoy alone in the same repetition)', false, requestColumns),
    section('Streams of 100 events', true, streamColumns),
  ].join('\n');
}

/** How many requests failed, over all runs. */
export function countErrors(results: readonly WorkloadRuns[]): number {
  return results
    .flatMap(({ envoy, gateway }) => [...envoy, ...gateway])
    .reduce((sum, run) => sum + run.load.errors, 0);
}
