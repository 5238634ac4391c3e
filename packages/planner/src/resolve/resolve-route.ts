import { type AIGatewayRouteRule, isInferencePool } from '@aigw/api-types';
import { type CostSources, routeCosts } from './costs.ts';
import type { Endpoint } from './endpoint.ts';
import { resolveBackend } from './resolve-backend.ts';
import type { Refusal, ResolvedBackend, ResolvedRoute, ResolvedRule } from './resolved-route.ts';
import { keyOf, type Located, type ResourceSet } from './resource-set.ts';
import { withFittingTimeouts } from './rule-timeouts.ts';
import { trafficSettings } from './traffic-policy.ts';
import type { Sha256Hex } from '../kubernetes/names.ts';

/** The header that the data plane sets to the model of the body. */
export const modelHeader = 'x-ai-eg-model';

/** The models that a rule names exactly. */
export function exactModels(rule: AIGatewayRouteRule): string[] {
  const matches = (rule.matches ?? []).flatMap(({ headers = [] }) => headers);
  return [
    ...new Set(
      matches
        .filter(({ name, type }) => name.toLowerCase() === modelHeader && type === 'Exact')
        .map(({ value }) => value),
    ),
  ];
}

interface Sources extends CostSources {
  readonly set: ResourceSet;
  readonly sha256Hex: Sha256Hex;
}

/** Envoy's regular expressions are RE2's: no look-around, no back references. */
export function regexProblem(pattern: string): string | undefined {
  if (/\(\?(?:<?[=!])|(?<!\\)(?:\\\\)*\\[1-9]/.test(pattern))
    return 'RE2 has no look-around and no back references';
  try {
    new RegExp(pattern.replace(/^\(\?[imsU]+\)/, ''), 'u');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'not a regular expression';
  }
}

function checkMatches({ log }: Sources, route: Located<'AIGatewayRoute'>, index: number): void {
  const { matches = [] } = route.resource.spec.rules[index] ?? {};
  matches.forEach(({ headers = [] }, matchIndex) => {
    headers.forEach(({ type, value }, headerIndex) => {
      const problem = type === 'RegularExpression' ? regexProblem(value) : undefined;
      if (problem === undefined) return;
      const path = `spec.rules[${index}].matches[${matchIndex}].headers[${headerIndex}].value`;
      log.error(route, path, `expected a regular expression: ${problem}`);
    });
  });
}

/** The answer of a rule none of whose references can be followed. */
export const unusable: Refusal = {
  status: 503,
  message: 'No backend of this model can be used; the conditions of its route say why.',
};

type Found = ResolvedBackend | 'unserved' | undefined;

function refusalOf({ backendRefs: refs = [] }: AIGatewayRouteRule, found: readonly Found[]): Refusal {
  if (refs.length === 0) return { status: 503, message: 'The route of this model has no backend.' };
  const asked = found.filter((_, index) => refs[index]?.weight !== 0);
  if (asked.length === 0) return { status: 503, message: 'Every backend of this model has weight 0.' };
  if (!asked.every((backend) => backend === 'unserved')) return unusable;
  return {
    status: 501,
    message: 'No backend of this model is supported by this gateway; the conditions of its route say why.',
  };
}

const hasKind = (backend: ResolvedBackend, kind: Endpoint['address']['kind']): boolean =>
  backend.endpoints.some(({ address }) => address.kind === kind);

/** Envoy's clusters of names hold no sockets. */
function withoutMixedSockets(
  { log }: Sources,
  route: Located<'AIGatewayRoute'>,
  rule: number,
  backends: readonly ResolvedBackend[],
): ResolvedBackend[] {
  const hasNames = backends.some((backend) => hasKind(backend, 'dns'));
  return backends.filter((backend) => {
    if (!hasNames || !hasKind(backend, 'unix')) return true;
    const message = 'a Unix socket cannot stand in one rule with host names; use two rules';
    log.error(route, `spec.rules[${rule}].backendRefs[${backend.index}]`, message);
    return false;
  });
}

function resolveRule(
  sources: Sources,
  route: Located<'AIGatewayRoute'>,
  index: number,
): Omit<ResolvedRule, 'key'> | undefined {
  const rule = route.resource.spec.rules[index];
  if (rule === undefined) return undefined;
  checkMatches(sources, route, index);
  const refs = rule.backendRefs ?? [];
  if (refs.some(isInferencePool)) {
    const message = 'NotAccepted: InferencePool backends are not supported';
    sources.log.warn(route, `spec.rules[${index}].backendRefs[0].kind`, message, 'Unsupported');
  }
  if (refs.length === 0)
    sources.log.warn(route, `spec.rules[${index}].backendRefs`, 'the rule has no backend');
  const models = exactModels(rule);
  const found = refs.map((ref, position): Found =>
    isInferencePool(ref)
      ? 'unserved'
      : resolveBackend(sources, ref, { route, rule: index, index: position, models }),
  );
  const usable = found.flatMap((backend) =>
    backend === undefined || backend === 'unserved' || backend.weight === 0 ? [] : [backend],
  );
  const backends = withoutMixedSockets(sources, route, index, usable);
  const traffic = trafficSettings(sources.set, route, rule.name);
  return {
    index,
    rule: withFittingTimeouts(sources, { route, index, rule, traffic }),
    matches: rule.matches ?? [],
    backends,
    ...(backends.length === 0 && { refusal: refusalOf(rule, found) }),
    ...traffic,
  };
}

/**
 * Rules are told apart by what they match first: counted, each would take the place of one that is taken out before it. More
 * matches make no other rule of it, whose cluster would have to resolve names before it serves. Where several match the same
 * first, all that each matches tells them apart.
 */
function ruleKeys({ sha256Hex }: Sources, rules: readonly AIGatewayRouteRule[]): string[] {
  const digestOf = (value: unknown): string => sha256Hex(JSON.stringify(value ?? null)).slice(0, 8);
  const firsts = rules.map(({ matches = [] }) => digestOf(matches[0]));
  const seen = new Map<string, number>();
  return rules.map(({ matches = [] }, index) => {
    const first = firsts[index] ?? '';
    const isOnlyOne = firsts.indexOf(first) === firsts.lastIndexOf(first);
    const digest = isOnlyOne ? first : digestOf(matches);
    const before = seen.get(digest) ?? 0;
    seen.set(digest, before + 1);
    return before === 0 ? digest : `${digest}-${before}`;
  });
}

/** A route with everything that its rules refer to; what is wrong is reported. */
export function resolveRoute(sources: Sources, route: Located<'AIGatewayRoute'>): ResolvedRoute {
  const keys = ruleKeys(sources, route.resource.spec.rules);
  const rules = keys.flatMap((key, index) => {
    const rule = resolveRule(sources, route, index);
    return rule === undefined ? [] : [{ ...rule, key }];
  });
  return { key: keyOf(route.resource), route, rules, costs: routeCosts(sources, route) };
}
