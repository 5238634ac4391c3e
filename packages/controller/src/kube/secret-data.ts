import type { KubeObject } from './kube-object.ts';

/** What a Secret holds under a key; `undefined` without the Secret or the key. */
export function readSecretData(secret: KubeObject | undefined, key: string): Buffer | undefined {
  const data = Object(secret?.['data']) as Record<string, string>;
  const value = data[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64');
}
