import type { Finding } from './finding.ts';

const statusWidth = 4;
/** Room for the names of the checks, the same for every report of one kind. */
const leastCheckWidth = 11;

/** The status of a whole report: that of its worst finding. */
export function worstStatus(findings: readonly Finding[]): Finding['status'] {
  return (['fail', 'warn'] as const).find((status) => findings.some((one) => one.status === status)) ?? 'ok';
}

/** A line per finding, its fix on the line below, and a line of counts. */
export function formatReport(findings: readonly Finding[]): string {
  const count = (status: Finding['status']): number => findings.filter((one) => one.status === status).length;
  const counts = `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed`;
  const checkWidth = Math.max(leastCheckWidth, ...findings.map(({ check }) => check.length));
  return [...findings.map((finding) => formatFinding(finding, checkWidth)), '', counts].join('\n');
}

function formatFinding(finding: Finding, checkWidth: number): string {
  const { status, check, subject, message } = finding;
  const indent = ' '.repeat(statusWidth + checkWidth + 4);
  const continued = (text: string): string => text.replaceAll('\n', `\n${indent}`);
  const text = subject === undefined ? message : `${subject}: ${message}`;
  const line = `${status.padEnd(statusWidth)}  ${check.padEnd(checkWidth)}  ${continued(text)}`;
  return 'fix' in finding ? `${line}\n${indent}fix: ${continued(finding.fix)}` : line;
}

/** The report as JSON; its shape is documented in docs/aigw.md and stays as it is within a version. */
export function encodeReport(findings: readonly Finding[]): string {
  const checks = findings.map((finding) => {
    const { check, subject, status, message } = finding;
    return {
      check,
      ...(subject !== undefined && { subject }),
      status,
      message,
      ...('fix' in finding && { fix: finding.fix }),
    };
  });
  return JSON.stringify({ version: 1, status: worstStatus(findings), checks }, undefined, 2);
}
