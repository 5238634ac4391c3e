import { z } from 'zod';
import { resource } from '../meta.ts';
import { fields, mapList, withCelRules } from '../schema-kit.ts';
import { aiGatewayVersions } from './api-versions.ts';
import { LLMRequestCost } from './llm-request-cost.ts';

const open = z.looseObject({});

/** What the container of the external processor differs in; its open fields are those of a pod's container. */
export const ExtProcContainer = withCelRules(
  fields({
    image: z.string().min(1).optional(),
    /** Replaces the repository of the image and keeps its tag or digest. */
    imageRepository: z.string().min(1).optional(),
    /** Over the chart's variables; of two with one name, these. */
    env: mapList(
      fields({ name: z.string().min(1), value: z.string().optional(), valueFrom: open.optional() }),
      'name',
      128,
    ).optional(),
    resources: open.optional(),
    securityContext: open.optional(),
    volumeMounts: z.array(open).max(64).optional(),
  }),
  [
    {
      rule: '!has(self.image) || !has(self.imageRepository)',
      message: 'Either image or imageRepository can be set.',
      path: ['imageRepository'],
      holds: ({ image, imageRepository }) => image === undefined || imageRepository === undefined,
    },
  ],
);
export type ExtProcContainer = z.infer<typeof ExtProcContainer>;

/** Settings of one Gateway, which names it in the annotation `aigateway.envoyproxy.io/gateway-config`. */
export const GatewayConfig = resource(aiGatewayVersions, 'GatewayConfig', {
  spec: fields({
    extProc: fields({ kubernetes: ExtProcContainer.optional() }).optional(),
    globalLLMRequestCosts: mapList(LLMRequestCost, 'metadataKey', 36).optional(),
    forwardProxy: fields({ address: z.string().min(1) }).optional(),
  }).default({}),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** The annotation of a Gateway that names its GatewayConfig, in the same namespace. */
export const gatewayConfigAnnotation = 'aigateway.envoyproxy.io/gateway-config';
