import type { KubeConfig } from '@kubernetes/client-node';
import { KubeApiError } from './api-error.ts';

/** Which cluster, and as whom; what is not said is the user's own default, as `kubectl` has it. */
export interface KubeConfigChoice {
  /** The path of a kubeconfig; otherwise `KUBECONFIG`, `~/.kube/config`, or the cluster that we run in. */
  readonly path?: string;
  readonly context?: string;
}

/** What the library calls a context that it makes up, of `localhost:8080`, when it finds nothing. */
const madeUpContext = 'loaded-context';

/**
 * Reads a kubeconfig. The client library is loaded with it, so that whoever needs no cluster does not wait for that.
 * @throws KubeApiError of status 0 with a sentence for its user
 */
export async function loadKubeConfig({ path, context }: KubeConfigChoice): Promise<KubeConfig> {
  const library = await import('@kubernetes/client-node');
  const config = new library.KubeConfig();
  try {
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KubeApiError(0, 'Kubeconfig', `the kubeconfig cannot be read: ${reason}`, { cause });
  }
  if (config.getCurrentContext() === madeUpContext) {
    throw new KubeApiError(
      0,
      'Kubeconfig',
      'there is no kubeconfig: KUBECONFIG is not set, and ~/.kube/config does not exist',
    );
  }
  if (context === undefined) return config;
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
    throw new KubeApiError(0, 'Kubeconfig', `the kubeconfig has no context "${context}"; ${known}`);
  }
  config.setCurrentContext(context);
  return config;
}
