import type { Service } from '@aigw/service-runtime';
import { createCurrent, type Current } from './current.ts';
import { followSecret, type SecretPlace } from './follow-secret.ts';

/** Who signs the certificates of those who may call us (PEM): `ca.crt` of a Secret of theirs. */
export function createClientAuthority(place: SecretPlace): Service & Current<string> {
  const { logger, namespace, name } = place;
  const current = createCurrent<string>((left, right) => left === right);
  const follower = followSecret(place, ({ 'ca.crt': authority = '' }) => {
    if (authority !== '') current.set(authority);
    else
      logger.warn('a Secret has no ca.crt: the certificates of clients cannot be checked', {
        namespace,
        name,
      });
  });
  return {
    name: 'client authority',
    follow: (listener) => current.follow(listener),
    start() {
      follower.start();
      return Promise.resolve();
    },
    stop: () => follower.stop(),
  };
}
