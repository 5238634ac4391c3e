import { TranslationError } from '@aigw/translator';
import type { RuntimeBackend } from '../config/runtime-config.ts';
import type { AttemptFacts } from './attempt-attributes.ts';

type Place = Pick<AttemptFacts, 'upstreamHost' | 'upstreamAddress'>;

const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** The `host` of the requests that go there, when all of it is the backend's own; `undefined` when it is not. */
function hostAmong(hosts: NonNullable<RuntimeBackend['hosts']>, place: Place): string | undefined {
  const { upstreamAddress, upstreamHost = '' } = place;
  // An Envoy that was configured by the version before says the name alone.
  const wanted = upstreamAddress?.split(',') ?? [upstreamHost.toLowerCase()];
  const addressOf = upstreamAddress === undefined ? nameOf : (address: string) => address;
  const found = wanted.map((one) => hosts.find(({ address }) => addressOf(address) === one));
  return found.every((host) => host !== undefined) ? found[0]?.host : undefined;
}

function isNamed({ host }: RuntimeBackend, { upstreamHost }: Place): boolean {
  return host === undefined || upstreamHost === undefined || nameOf(host) === upstreamHost.toLowerCase();
}

/**
 * The host that Envoy will write, as far as it is known: it is part of the signature.
 * @param authority The request's, for backends of which nothing is known.
 * @throws TranslationError: a key goes to the servers that it is configured for, whatever Envoy's configuration says.
 */
export function chooseHost(backend: RuntimeBackend, place: Place, authority: string | undefined): string {
  const { name, host, hosts } = backend;
  const among = hosts && hostAmong(hosts, place);
  if (hosts === undefined ? isNamed(backend, place) : among !== undefined) {
    return host ?? among ?? place.upstreamHost ?? authority ?? '';
  }
  const there = place.upstreamAddress ?? place.upstreamHost ?? 'a server that it does not name';
  const own = hosts?.map(({ address }) => address).join(', ') ?? host;
  throw new TranslationError(
    'internal',
    `Envoy would send the request for ${JSON.stringify(name)} to ${there}, but it is for ${own}`,
  );
}
