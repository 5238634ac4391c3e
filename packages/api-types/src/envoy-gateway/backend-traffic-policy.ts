import { z } from 'zod';
import { Duration } from '../gateway-api/references.ts';
import { resource } from '../meta.ts';
import { fields, unread } from '../schema-kit.ts';
import { policyTargets } from './policy-targets.ts';

/** The conditions that are retried, as Envoy names them. */
export const retryTriggers = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
  'envoy-ratelimited',
  'http3-post-connect-failure',
] as const;

export const RetryPolicy = fields({
  numRetries: z.int().min(0).optional(),
  numAttemptsPerPriority: z.int().min(1).optional(),
  retryOn: fields({
    triggers: z.array(z.enum(retryTriggers)).optional(),
    httpStatusCodes: z.array(z.int().min(100).max(599)).optional(),
  }).optional(),
  perRetry: fields({
    timeout: Duration.optional(),
    backOff: fields({ baseInterval: Duration.optional(), maxInterval: Duration.optional() }).optional(),
  }).optional(),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

export const BackendTimeouts = fields({
  tcp: fields({ connectTimeout: Duration.optional() }).optional(),
  http: fields({
    requestTimeout: Duration.optional(),
    connectionIdleTimeout: Duration.optional(),
    maxConnectionDuration: Duration.optional(),
    maxStreamDuration: Duration.optional(),
    streamIdleTimeout: Duration.optional(),
  }).optional(),
});
export type BackendTimeouts = z.infer<typeof BackendTimeouts>;

/** How backends are spoken to; of it retries and timeouts are read. @see https://gateway.envoyproxy.io/docs/api/extension_types/#backendtrafficpolicy */
export const BackendTrafficPolicy = resource(['gateway.envoyproxy.io/v1alpha1'], 'BackendTrafficPolicy', {
  spec: fields({
    ...policyTargets,
    retry: RetryPolicy.optional(),
    timeout: BackendTimeouts.optional(),
    mergeType: unread,
    rateLimit: unread,
    faultInjection: unread,
    loadBalancer: unread,
    proxyProtocol: unread,
    tcpKeepalive: unread,
    healthCheck: unread,
    circuitBreaker: unread,
    useClientProtocol: unread,
    connection: unread,
    dns: unread,
    http2: unread,
    responseOverride: unread,
    httpUpgrade: unread,
    requestBuffer: unread,
    telemetry: unread,
    compression: unread,
    compressor: unread,
    admissionControl: unread,
    routingType: unread,
  }),
});
export type BackendTrafficPolicy = z.infer<typeof BackendTrafficPolicy>;
