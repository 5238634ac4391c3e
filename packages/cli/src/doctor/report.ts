import type { Finding } from './finding.ts';

const statusWidth = 4;
const checkWidth = 11;
const indent = ' '.repeat(statusWidth + checkWidth + 4);

/** The status of a whole report: that of its worst finding. */
export function worstStatus(findings: readonly Finding[]): Finding['status'] {
  return (['fail', 'warn'] as const).find((status) => findings.some((one) => one.status === status)) ?? 'ok';
}

/** A line per finding, its fix on the line below, and a line of counts. */
export function formatReport(findings: readonly Finding[]): string {
  const count = (status: Finding['status']): number => findings.filter((one) => one.status === status).length;
  const counts = `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed`;
  return [...findings.map(formatFinding), '', counts].join('\n');
}

function formatFinding(finding: Finding): string {
  const { status, check, subject, message } = finding;
  const text = subject === undefined ? message : `${subject}: ${message}`;
  const line = `${status.padEnd(statusWidth)}  ${check.padEnd(checkWidth)}  ${continued(text)}`;
  return 'fix' in finding ? `${line}\n${indent}fix: ${continued(finding.fix)}` : line;
}

function continued(text: string): string {
  return text.replaceAll('\n', `\n${indent}`);
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
