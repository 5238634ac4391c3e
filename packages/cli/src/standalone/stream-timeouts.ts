import { durationMs } from '@aigw/api-types';
import { CliError } from '../errors.ts';

/** Timeouts of streams that extproc has flags for, and the longest that Envoy beside it lets them be. */
const timeouts = {
  'first-event-timeout': { flag: '-firstEventTimeout', longest: '580s' },
  // Longer ones are the route's to give, where Envoy learns of them too.
  'stream-idle-timeout': { flag: '-streamIdleTimeout', longest: '590s' },
} as const;

/** The values of the flags, as given. */
export type StreamTimeouts = { readonly [name in keyof typeof timeouts]?: string | undefined };

/** extproc's flags for the timeouts that are given. @throws CliError `usage` */
export function parseStreamTimeouts(values: StreamTimeouts): string[] {
  return Object.entries(timeouts).flatMap(([name, { flag, longest }]) => {
    const text = values[name as keyof StreamTimeouts];
    if (text === undefined) return [];
    const milliseconds = /^(\d{1,5}(h|m|s|ms)){1,4}$/.test(text) ? durationMs(text) : 0;
    if (milliseconds >= 1000 && milliseconds <= durationMs(longest)) return [flag, text];
    throw new CliError('usage', `--${name} expects a duration from 1s to ${longest}, not "${text}"`);
  });
}
