import { requestIdHeader } from '@aigw/translator';
import type { HeaderMap } from '../codec/messages.ts';
import type { Exchange } from '../stream/exchange.ts';
import { internalHeaders, isInternalHeader, isProviderOnlyHeader } from './header-names.ts';
import type { HeaderPlan } from './header-plan.ts';
import { encodeWarnings } from './warnings-header.ts';

/** What every response to a client carries, and what none may: headers of the provider that are not for its clients. */
export function addResponseHeaders(plan: HeaderPlan, headers: HeaderMap, exchange: Exchange): void {
  for (const name of headers.keys()) {
    if (isInternalHeader(name) || isProviderOnlyHeader(name)) plan.remove(name);
  }
  const idHeader = requestIdHeader(exchange.dialect);
  if (!headers.has(idHeader)) plan.set(idHeader, exchange.requestId);
  const warnings = exchange.attempt?.warnings ?? [];
  if (warnings.length > 0) plan.set(internalHeaders.warnings, encodeWarnings(warnings));
}
