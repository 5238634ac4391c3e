import type { HeaderChanges, ResponseFailure, TokenUsage, Warning } from '@aigw/translator';

import { indentJson } from './indent-json.ts';
import type { Answer, OutgoingRequest, Translation } from './translation.ts';

type Show = (body: string) => string;

/** The translation for people: the request as HTTP has it, then warnings and the answer. */
export function formatTranslation({ request, warnings, response }: Translation, isExact: boolean): string {
  const show: Show = isExact ? (body) => body : indentJson;
  return [
    ...(request ? formatRequest(request, show) : []),
    ...formatWarnings(warnings),
    ...(response ? formatAnswer(titleOf(request, response), response, show) : []),
    ...(request && response?.failure ? formatFailure(response.failure) : []),
  ]
    .join('\n')
    .trimEnd();
}

/** The translation for programs. Names are those of `Translation`; header changes become an object and a list. */
export function encodeTranslation({ request, warnings, response }: Translation): string {
  const withHeaders = <T extends { headers: HeaderChanges }>({ headers, ...rest }: T) => ({
    ...rest,
    headers: { set: Object.fromEntries(headers.set), remove: headers.remove },
  });
  return JSON.stringify({
    ...(request && { request: withHeaders(request) }),
    warnings,
    ...(response && { response: withHeaders(response) }),
  });
}

function titleOf(request: OutgoingRequest | undefined, { failure }: Answer): string {
  if (request) return 'the client gets';
  return failure ? 'refused; the client gets' : 'nothing goes to the backend; the client gets';
}

function formatRequest({ method, path, headers, body }: OutgoingRequest, show: Show): string[] {
  return ['# the backend gets', `${method} ${path}`, ...formatHeaders(headers), '', show(body), ''];
}

function formatWarnings(warnings: readonly Warning[]): string[] {
  if (warnings.length === 0) return [];
  const lines = warnings.map(({ path, action, reason }) => `${path}: ${action} (${reason})`);
  return ['# warnings', ...lines, ''];
}

function formatAnswer(title: string, { status, headers, body, usage }: Answer, show: Show): string[] {
  return [
    `# ${title}`,
    `HTTP ${status}`,
    ...formatHeaders(headers),
    '',
    show(body),
    '',
    ...(usage ? formatUsage(usage) : []),
  ];
}

function formatUsage(usage: TokenUsage): string[] {
  return ['# tokens counted', ...Object.entries(usage).map(([name, count]) => `${name}: ${count}`), ''];
}

function formatFailure({ code, status, message }: ResponseFailure): string[] {
  return ['# failed', `${code} (${status}): ${message}`, ''];
}

function formatHeaders({ set, remove }: HeaderChanges): string[] {
  const lines = set.map(([name, value]) => `${name}: ${value}`);
  return remove.length === 0 ? lines : [...lines, `(removed: ${remove.join(', ')})`];
}
