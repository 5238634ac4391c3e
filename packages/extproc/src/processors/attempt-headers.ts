import type { HeaderChanges, UpstreamRequest } from '@aigw/translator';
import type { HeaderMap } from '../codec/messages.ts';
import type { RuntimeBackend } from '../config/runtime-config.ts';
import type { Exchange } from '../stream/exchange.ts';
import {
  internalHeaders,
  isAwsHeader,
  isConnectionHeader,
  isCredentialHeader,
  isFramingHeader,
  isInternalHeader,
  isWhereaboutsHeader,
} from './header-names.ts';
import { createHeaderPlan, type HeaderPlan } from './header-plan.ts';

/** All that has a say in the headers of one attempt. */
export interface AttemptHeadersInput {
  /** As Envoy has them now: the client's, changed by earlier attempts. */
  readonly current: HeaderMap;
  readonly exchange: Exchange;
  readonly backend: RuntimeBackend;
  readonly request: UpstreamRequest;
  readonly authentication: HeaderChanges;
}

/**
 * The changes that turn Envoy's current headers into those of this attempt, as if there had been none before.
 * Remembers the names in the exchange for the attempt after it.
 * @throws TranslationError when Envoy would refuse the changes.
 */
export function buildAttemptHeaders(input: AttemptHeadersInput): HeaderChanges {
  const { current, exchange, backend, request, authentication } = input;
  const plan = createHeaderPlan();
  restore(plan, exchange);
  for (const name of current.keys()) {
    if (isPrivate(name) || exchange.config.credentialHeaders.has(name)) plan.remove(name);
  }
  planAttemptHeaders(plan, { backend, request, authentication });
  plan.set(':path', request.path);
  for (const name of plan.names()) exchange.touchedHeaders.add(name);
  return plan.build();
}

/** What an attempt says of its own: the translation's headers, the backend's mutation, and last the authentication. */
export function planAttemptHeaders(
  plan: HeaderPlan,
  { backend, request, authentication }: Pick<AttemptHeadersInput, 'backend' | 'request' | 'authentication'>,
): void {
  plan.set('content-type', 'application/json');
  // What comes back compressed would have to be decompressed before it can be read.
  plan.set('accept-encoding', 'identity');
  plan.apply(request.headers);
  if (backend.headerMutation !== undefined) applyMutation(plan, backend.headerMutation);
  plan.apply(authentication);
}

/** Headers that are for the gateway and not for a provider. */
function isPrivate(name: string): boolean {
  return (
    isInternalHeader(name) ||
    isCredentialHeader(name) ||
    isAwsHeader(name) ||
    isWhereaboutsHeader(name) ||
    name === internalHeaders.destinationEndpoint ||
    isConnectionHeader(name)
  );
}

function restore(plan: HeaderPlan, { touchedHeaders, headers }: Exchange): void {
  for (const name of touchedHeaders) {
    if (isFramingHeader(name)) continue;
    const original = headers.get(name);
    if (original === undefined || isPrivate(name)) plan.remove(name);
    else plan.set(name, original);
  }
}

function applyMutation(
  plan: HeaderPlan,
  { set, remove }: NonNullable<RuntimeBackend['headerMutation']>,
): void {
  for (const name of remove) plan.remove(name);
  for (const { name, value } of set) plan.set(name, value);
}
