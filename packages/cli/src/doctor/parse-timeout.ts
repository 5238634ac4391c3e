import { CliError } from '../errors.ts';

const maxTimeoutSeconds = 300;

/** The value of `--timeout`, in milliseconds. @throws CliError `usage` */
export function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds === 0 || seconds > maxTimeoutSeconds) {
    throw new CliError(
      'usage',
      `--timeout expects seconds, above 0 and at most ${maxTimeoutSeconds}, not "${text}"`,
    );
  }
  return seconds * 1000;
}
