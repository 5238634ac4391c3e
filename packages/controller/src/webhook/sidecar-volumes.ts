import { configServer } from '@aigw/api-types';
import { filterConfigKeys, filterConfigPartName, filterConfigPartPath, maxConfigParts } from '@aigw/planner';
import { tokenAudience } from '../config-server/identify-proxy.ts';
import type { Named } from './pod.ts';
import { sidecarVolumes } from './sidecar-container.ts';

const socketVolume: Named & { readonly emptyDir: object } = { name: sidecarVolumes.socket, emptyDir: {} };

/** The index must be there: a pod waits for it, and its events say so. */
const configVolume = (configSecret: string): Named & { readonly projected: object } => ({
  name: sidecarVolumes.config,
  projected: {
    sources: [
      {
        secret: {
          name: configSecret,
          items: [{ key: filterConfigKeys.index, path: filterConfigKeys.index }],
        },
      },
      ...Array.from({ length: maxConfigParts }, (_, part) => ({
        secret: {
          name: filterConfigPartName(configSecret, part),
          items: [{ key: filterConfigKeys.part, path: filterConfigPartPath(part) }],
          optional: true,
        },
      })),
    ],
  },
});

/** By what the sidecar trusts us, and by what we know it: a token that nobody else takes. */
const configServerVolume = (configSecret: string): Named & { readonly projected: object } => ({
  name: sidecarVolumes.configServer,
  projected: {
    sources: [
      {
        secret: {
          name: configSecret,
          items: [{ key: filterConfigKeys.authority, path: configServer.authorityFile }],
          optional: true,
        },
      },
      {
        serviceAccountToken: {
          audience: tokenAudience,
          expirationSeconds: 3600,
          path: configServer.tokenFile,
        },
      },
    ],
  },
});

/** What the sidecar adds to the volumes of its pod. */
export const sidecarPodVolumes = (configSecret: string): readonly Named[] => [
  socketVolume,
  configVolume(configSecret),
  configServerVolume(configSecret),
];
