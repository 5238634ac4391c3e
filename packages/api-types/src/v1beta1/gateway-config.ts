import { z } from 'zod';
import { resource } from '../meta.ts';
import { fields, mapList, unread } from '../schema-kit.ts';
import { aiGatewayVersions } from './api-versions.ts';
import { LLMRequestCost } from './llm-request-cost.ts';

/** Settings of one Gateway, which names it in the annotation `aigateway.envoyproxy.io/gateway-config`. */
export const GatewayConfig = resource(aiGatewayVersions, 'GatewayConfig', {
  spec: fields({
    extProc: fields({ kubernetes: unread }).optional(),
    globalLLMRequestCosts: mapList(LLMRequestCost, 'metadataKey', 36).optional(),
    forwardProxy: fields({ address: z.string().min(1) }).optional(),
  }).default({}),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** The annotation of a Gateway that names its GatewayConfig, in the same namespace. */
export const gatewayConfigAnnotation = 'aigateway.envoyproxy.io/gateway-config';
