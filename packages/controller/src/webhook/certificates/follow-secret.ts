import type { Logger } from '@aigw/service-runtime';
import type { ApiClient } from '../../kube/api-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { createInformer } from '../../manager/informer.ts';

/** Where a Secret is, or will be. */
export interface SecretPlace {
  readonly client: ApiClient;
  readonly logger: Logger;
  readonly namespace: string;
  readonly name: string;
}

/** Texts of a Secret by key. */
export type SecretTexts = Readonly<Record<string, string>>;

/** A watch of one Secret. */
export interface SecretFollower {
  start(): void;
  stop(): Promise<void>;
}

function textsOf(data: unknown): SecretTexts {
  const entries = Object.entries(Object(data) as Record<string, string>);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/** Calls `use` with the Secret as it is and as it changes; a Secret that goes is only missed, what it held still holds. */
export function followSecret(
  { client, logger, namespace, name }: SecretPlace,
  use: (texts: SecretTexts) => void,
): SecretFollower {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const informer = createInformer({
    client,
    logger,
    type: { ...resourceTypes.Secret, namespace, fieldSelector: `metadata.name=${name}` },
    onChange: ({ after }) => {
      if (after === undefined) logger.warn('a Secret is gone; what it held is used on', { namespace, name });
      else use(textsOf(after['data']));
    },
  });
  return {
    start() {
      running = informer.run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
