import { type CredentialSource } from '../credentials.ts';
import { renewalLead } from '../renewal.ts';
import { createStaticFileSource } from './static-file.ts';

/** Credentials that somebody else renews. */
export interface RotatedCredentials {
  /** Text in the format of `~/.aws/credentials`; the profile is `default`. */
  readonly text: string;
  readonly expiration: Date;
}

export interface RotatedSourceOptions {
  /** The latest ones; `undefined`: there are none. */
  readonly rotated: () => RotatedCredentials | undefined;
  /** What is made of either; itself when absent. */
  readonly chain?: ((master: CredentialSource) => CredentialSource) | undefined;
  /** How to get the same oneself. */
  readonly exchange: CredentialSource;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/**
 * Whoever renews them does it at their lead before their end, or somewhat earlier. Below this share of it they have not done
 * it; above it, whoever keeps these ones asks once more before the end.
 */
const patience = 0.6;

/**
 * Credentials as somebody else renews them, for as long as they do. Without any, near the end of the last ones, and when they
 * do not serve, it gets its own.
 */
export function createRotatedSource(options: RotatedSourceOptions): CredentialSource {
  const { rotated: latest, exchange, now } = options;
  const chain = options.chain ?? itself;
  const own = chain(exchange);
  let seen: Seen | undefined;

  const find = (isRefused: boolean): RotatedCredentials | undefined => {
    const rotated = latest();
    if (rotated === undefined) return undefined;
    const endsInMs = rotated.expiration.getTime() - now();
    if (seen?.text !== rotated.text) {
      seen = { text: rotated.text, leastMs: renewalLead(endsInMs) * patience, isRefused: false };
    }
    seen.isRefused ||= isRefused;
    return seen.isRefused || endsInMs <= Math.max(0, seen.leastMs) ? undefined : rotated;
  };

  return (refused) => {
    const rotated = find(refused !== undefined);
    if (rotated === undefined) return own();
    // What cannot be used is no reason to have none.
    return chain(fromText(rotated))().catch(() => own());
  };
}

const itself = (master: CredentialSource): CredentialSource => master;

interface Seen {
  readonly text: string;
  readonly leastMs: number;
  isRefused: boolean;
}

function fromText({ text, expiration }: RotatedCredentials): CredentialSource {
  const read = createStaticFileSource({ text });
  return async () => ({ ...(await read()), expiration });
}
