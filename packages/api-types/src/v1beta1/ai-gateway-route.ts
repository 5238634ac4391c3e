import { z } from 'zod';
import { Hostname, ParentReference } from '../gateway-api/references.ts';
import { resource } from '../meta.ts';
import { fields, withCelRules } from '../schema-kit.ts';
import { AIGatewayRouteRule } from './ai-gateway-route-rule.ts';
import { VersionedAPISchema } from './ai-service-backend.ts';
import { aiGatewayVersions } from './api-versions.ts';
import { LLMRequestCost } from './llm-request-cost.ts';

const GatewayParentReference = withCelRules(ParentReference, [
  {
    rule: "self.kind == 'Gateway'",
    message: 'only Gateway is supported',
    path: ['kind'],
    holds: ({ kind }) => kind === 'Gateway',
  },
]);

/** Requests for models, and the backends that answer them. */
export const AIGatewayRoute = resource(aiGatewayVersions, 'AIGatewayRoute', {
  spec: withCelRules(
    fields({
      schema: VersionedAPISchema.optional().describe(
        'Accepted and not used: the API that a client speaks is told from the path of its request.',
      ),
      parentRefs: z
        .array(GatewayParentReference)
        .max(16)
        .optional()
        .describe('The Gateways that serve the route. Without any nothing does.'),
      hostnames: z
        .array(Hostname)
        .max(16)
        .optional()
        .describe(
          "Lower-case host names that the route is for, such as `ai.example.com` or `*.example.com`; the listener's if not given. " +
            '`/v1/models` lists the models of the host that is asked.',
        ),
      rules: z
        .array(AIGatewayRouteRule)
        .max(15)
        .describe(
          'Which backends answer which requests. What no rule of any route takes is answered with 404.',
        ),
      llmRequestCosts: z
        .array(LLMRequestCost)
        .max(36)
        .optional()
        .describe('Costs of requests, counted from their tokens, for rate limits and access logs.'),
    }).meta({ title: 'AIGatewayRouteSpec', description: 'Which requests go where.' }),
    [
      {
        rule: 'self.rules.filter(r, has(r.name)).all(r, self.rules.exists_one(o, has(o.name) && o.name == r.name))',
        message: 'rule name must be unique within the route',
        path: ['rules'],
        holds: ({ rules }) => {
          const names = rules.flatMap(({ name }) => (name === undefined ? [] : [name]));
          return new Set(names).size === names.length;
        },
      },
    ],
  ),
});
export type AIGatewayRoute = z.infer<typeof AIGatewayRoute>;
