import type { KubeApi, KubeObject } from '../kube-api.ts';
import { specOf } from './pod-spec.ts';
import type { TokenSource } from './volumes.ts';

/** Of its life, after which a token is exchanged for a new one. */
const usedShare = 0.8;

interface Token {
  readonly text: string;
  readonly renewAt: number;
}

/** Tokens of a pod's ServiceAccount, bound to the pod; asked for again when most of their life is over. */
export function createTokenReader(api: KubeApi, pod: KubeObject): (source: TokenSource) => Promise<string> {
  const tokens = new Map<string, Token>();
  const { name, namespace = '', uid } = pod.metadata;
  const account = specOf(pod).serviceAccountName ?? 'default';
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;

  return async (source) => {
    // Two volumes may well use one path.
    const key = JSON.stringify(source);
    const known = tokens.get(key);
    if (known !== undefined && Date.now() < known.renewAt) return known.text;
    const requestedAt = Date.now();
    const { status, body } = await api.request('POST', path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        ...(source.audience !== undefined && { audiences: [source.audience] }),
        expirationSeconds: source.expirationSeconds ?? 3600,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    });
    if (status !== 201) throw new Error(`token of ServiceAccount "${account}": ${JSON.stringify(body)}`);
    const answer = body['status'] as { token: string; expirationTimestamp: string };
    const lifetime = Date.parse(answer.expirationTimestamp) - requestedAt;
    tokens.set(key, { text: answer.token, renewAt: requestedAt + lifetime * usedShare });
    return answer.token;
  };
}
