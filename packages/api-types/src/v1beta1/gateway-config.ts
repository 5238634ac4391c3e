import { z } from 'zod';
import { resource } from '../meta.ts';
import { fields, mapList, withCelRules } from '../schema-kit.ts';
import { aiGatewayVersions } from './api-versions.ts';
import { LLMRequestCost } from './llm-request-cost.ts';

const open = z.looseObject({});

const EnvironmentVariable = fields({
  name: z.string().min(1).describe('Name of the variable.'),
  value: z.string().optional().describe('Its value.'),
  valueFrom: open.optional().describe('Where its value comes from, such as a Secret, as in any container.'),
}).meta({ title: 'EnvVar' });

/** What the container of the external processor differs in; its open fields are those of a pod's container. */
export const ExtProcContainer = withCelRules(
  fields({
    image: z.string().min(1).optional().describe("Image of the container; the chart's if not given."),
    imageRepository: z
      .string()
      .min(1)
      .optional()
      .describe("Repository of the image. The tag or digest stays the chart's."),
    env: z
      .array(EnvironmentVariable)
      .optional()
      .describe(
        "Environment variables, besides the chart's. Of two with one name these count, and the last of them.",
      ),
    resources: open
      .optional()
      .describe('Requests and limits of the container, as in any container; none if not given.'),
    securityContext: open
      .optional()
      .describe(
        'Security settings of the container, as in any container. Each field replaces one of the defaults: user 65532, no root, ' +
          'no capabilities, a read-only root file system.',
      ),
    volumeMounts: z
      .array(open)
      .optional()
      .describe(
        "Volumes of the pod to mount besides the container's own. An EnvoyProxy adds volumes to the pod.",
      ),
  }).meta({ title: 'KubernetesContainerSpec' }),
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
    extProc: fields({
      kubernetes: ExtProcContainer.optional().describe('The container in the pods of the proxies.'),
    })
      .meta({ title: 'GatewayConfigExtProc' })
      .optional()
      .describe(
        'How the external processor runs beside Envoy. A change makes the pods of the proxies anew, one after another. No effect with `aigw run`.',
      ),
    globalLLMRequestCosts: mapList(LLMRequestCost, 'metadataKey', 36)
      .optional()
      .describe(
        'Costs of requests of all routes of the Gateway. A cost of the route with the same key comes first.',
      ),
    forwardProxy: fields({
      address: z
        .string()
        .min(1)
        .describe(
          'IP address and port of the proxy, such as `10.0.0.5:3128` or `[fd00::5]:3128`. Envoy looks up no names of proxies; with one, a condition says so and no request goes to a provider that is spoken to by TLS.',
        ),
    })
      .meta({ title: 'GatewayConfigForwardProxy' })
      .optional()
      .describe(
        'A proxy for requests to providers: Envoy asks it to CONNECT to the address of the provider, and speaks TLS through it. Backends without TLS are reached directly. No effect with `aigw run`.',
      ),
  })
    .meta({ title: 'GatewayConfigSpec', description: 'Settings of the Gateways that name it.' })
    .default({}),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** The annotation of a Gateway that names its GatewayConfig, in the same namespace. */
export const gatewayConfigAnnotation = 'aigateway.envoyproxy.io/gateway-config';
