import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import type { ApiServer } from './api-server.ts';
import type { TappedRequest } from './extension-tap.ts';

const manifests = join(import.meta.dirname, 'golden-routes');

/** Where the requests are kept: the controller's tests are about them. */
export const goldenFolder = join(
  repositoryRoot,
  'packages/controller/src/extension-server/__fixtures__/golden',
);

/** A manifest and the Gateways whose translations are kept; each is named after its Gateway. */
export const goldenScenarios: readonly { readonly manifest: string; readonly gateways: readonly string[] }[] =
  [
    { manifest: 'priorities', gateways: ['priorities'] },
    { manifest: 'services', gateways: ['services'] },
    { manifest: 'shared-endpoints', gateways: ['shared-endpoints'] },
    { manifest: 'refused', gateways: ['refused'] },
    { manifest: 'two-gateways', gateways: ['inner', 'outer'] },
  ];

export const readManifest = (name: string): string => readFileSync(join(manifests, `${name}.yaml`), 'utf8');

/** Remembers the last translation of each Gateway. */
export interface TranslationLog {
  readonly note: (request: TappedRequest) => void;
  /** The last one of a Gateway, once all of them have stayed as they are for some time. */
  settled(gateway: string): Promise<Buffer>;
}

/** Whether a translation is of a Gateway, whose listener it names, after its routes have been stamped. */
const isStampedOf = (gateway: string, translation: Buffer): boolean =>
  translation.includes(`default/${gateway}/http`) && translation.includes('ai-gateway-stamp');

export function createTranslationLog(settleMs = 10_000): TranslationLog {
  const translations: Buffer[] = [];
  let changedAt = performance.now();
  return {
    note: ({ method, message }) => {
      if (method !== 'PostTranslateModify') return;
      translations.push(message);
      changedAt = performance.now();
    },
    settled: (gateway) =>
      waitUntil(
        `the last translation of ${gateway}`,
        () => {
          if (performance.now() - changedAt < settleMs) return Promise.resolve(undefined);
          return Promise.resolve(translations.findLast((bytes) => isStampedOf(gateway, bytes)));
        },
        { withinMs: 120_000 },
      ),
  };
}

/** Applies a manifest of golden routes, the backends of all of them included. */
export async function applyGoldenRoutes(server: ApiServer, manifest: string): Promise<void> {
  await server.mustKubectl(['apply', '-f', '-'], readManifest('base'));
  await server.mustKubectl(['apply', '-f', '-'], readManifest(manifest));
}
