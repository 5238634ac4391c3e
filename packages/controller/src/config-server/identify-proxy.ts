import { owningGatewayName, owningGatewayNamespace, type Sha256Hex } from '@aigw/planner';
import type { ApiClient } from '../kube/api-client.ts';
import type { Store } from '../manager/store.ts';
import type { ProxyIdentity } from './published-configs.ts';

/** For whom the tokens of proxies are made: the API server takes no token of ours for its own, nor we one of its. */
export const tokenAudience = 'ai-gateway-controller';

/**
 * Tells whose proxy a token belongs to; `undefined` for a token of nobody that we know.
 * @throws KubeApiError when the API server cannot be asked, Error when it is asked too much
 */
export type IdentifyProxy = (token: string) => Promise<ProxyIdentity | undefined>;

export interface IdentifyProxyOptions {
  readonly client: ApiClient;
  readonly pods: Store;
  readonly sha256Hex: Sha256Hex;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** The pod that a token is bound to. */
interface BoundPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/ */
interface TokenReview {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly user?: {
      readonly username?: string;
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

/** A token that was good is not asked about again for this long; its pod is looked at each time. */
const rememberedMs = 5 * 60_000;
const maxRemembered = 10_000;
/** What proxies never need and strangers may want. */
const maxReviews = 16;
const maxTokenLength = 16 * 1024;

const isOurs = ({ authenticated, audiences }: NonNullable<TokenReview['status']>): boolean =>
  authenticated === true && audiences?.includes(tokenAudience) === true;

function boundPodOf({ status }: TokenReview): BoundPod | undefined {
  if (status === undefined || !isOurs(status)) return undefined;
  const { username = '', extra = {} } = status.user ?? {};
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username) ?? [];
  const [name, uid] = ['pod-name', 'pod-uid'].map((key) => extra[`authentication.kubernetes.io/${key}`]?.[0]);
  return namespace && name && uid ? { namespace, name, uid } : undefined;
}

/** A token is taken for the proxy whose pod it is bound to, and is good for as long as that pod is there. */
export function createIdentifyProxy({ client, pods, sha256Hex, now }: IdentifyProxyOptions): IdentifyProxy {
  const remembered = new Map<string, { readonly pod: BoundPod; readonly until: number }>();
  let reviews = 0;

  const review = async (token: string): Promise<BoundPod | undefined> => {
    if (reviews >= maxReviews) throw new Error('too many tokens are being looked at');
    reviews += 1;
    try {
      const body = {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token, audiences: [tokenAudience] },
      };
      const path = '/apis/authentication.k8s.io/v1/tokenreviews';
      return boundPodOf((await client.request({ method: 'POST', path, body })) as TokenReview);
    } finally {
      reviews -= 1;
    }
  };

  const podOf = async (token: string): Promise<BoundPod | undefined> => {
    const digest = sha256Hex(token);
    const known = remembered.get(digest);
    if (known !== undefined && now() < known.until) return known.pod;
    const pod = await review(token);
    remembered.delete(digest);
    if (pod === undefined) return undefined;
    const [oldest] = remembered.keys();
    if (remembered.size >= maxRemembered && oldest !== undefined) remembered.delete(oldest);
    remembered.set(digest, { pod, until: now() + rememberedMs });
    return pod;
  };

  return async (token) => {
    if (token.length > maxTokenLength) return undefined;
    const bound = await podOf(token);
    if (bound === undefined) return undefined;
    const { metadata } = pods.get(`${bound.namespace}/${bound.name}`) ?? {};
    const { [owningGatewayNamespace]: namespace, [owningGatewayName]: name } = metadata?.labels ?? {};
    if (metadata?.uid !== bound.uid || namespace === undefined || name === undefined) return undefined;
    return { namespace: bound.namespace, gateway: `${namespace}/${name}` };
  };
}
