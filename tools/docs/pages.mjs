import { buildTable, escapeMarkdown, fillBlocks } from './blocks.mjs';
import { buildMatrix } from './matrix.mjs';
import { createDeclarations } from './metrics.mjs';

/** `docs/compatibility.md`: what is served, and the tests behind each rule. */
export function fillCompatibility(page, { translator, groups, tests, deviations }) {
  const { head, rows } = buildMatrix(translator);
  return fillBlocks(page, {
    matrix: buildTable(head, rows),
    assertions: groups.map((group) => describeGroup(group, tests, deviations)).join('\n\n'),
    deviations: describeDeviations(deviations),
  });
}

/** The exceptions of Bedrock and of its front door, by status. */
const awsExceptions = [
  'ValidationException',
  'ServiceQuotaExceededException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'IncompleteSignatureException',
  'MissingAuthenticationTokenException',
  'ResourceNotFoundException',
  'ModelTimeoutException',
  'ModelErrorException',
  'ModelStreamErrorException',
  'ThrottlingException',
  'ModelNotReadyException',
  'InternalServerException',
  'ServiceUnavailableException',
];

/** `docs/error-codes.md`: the error tables in words. */
export function fillErrorCodes(page, { translator, errorTypesOf, localReplyConfig }) {
  const codes = new Set(JSON.stringify(localReplyConfig()).match(/(?<="code":")\w+/g));
  const missing = [...codes].filter((code) => !page.includes(`\`${code}\``));
  if (missing.length > 0) throw new Error(`docs/error-codes.md does not explain ${missing.join(', ')}`);
  const aws = awsExceptions.map((name) => {
    const { status, openai, anthropic } = errorTypesOf(name, 0);
    return [status, `\`${name}\``, `\`${openai}\``, `\`${anthropic}\``];
  });
  const rows = Object.entries(translator.errorTable).map(([code, row]) => [
    `\`${code}\``,
    row.status,
    `\`${row.openai}\``,
    `\`${row.anthropic}\``,
    row.retryable ? 'yes' : 'no',
  ]);
  const head = [
    '`code`',
    'status',
    '`type` for OpenAI clients',
    '`type` for Anthropic clients',
    'retry helps',
  ];
  return fillBlocks(page, {
    errors: buildTable(head, rows),
    aws: buildTable(
      ['status', 'exception', '`type` for OpenAI clients', '`type` for Anthropic clients'],
      aws,
    ),
  });
}

/** `docs/metrics.md`: what extproc declares, by running the code that declares it. */
export function fillMetrics(page, { createRequestMetrics, createConfigMetrics }) {
  const { declared, metrics } = createDeclarations();
  createRequestMetrics({ metrics, now: () => 0, headerAttributes: [] });
  createConfigMetrics(metrics);
  const row = ({ name, type, help, labels }) => [
    `\`${name}\``,
    type,
    help,
    labels.map((label) => `\`${label}\``).join(', '),
  ];
  const head = ['metric', 'type', 'meaning', 'labels'];
  const isGenAi = ({ name }) => name.startsWith('gen_ai_');
  return fillBlocks(page, {
    'gen-ai': buildTable(head, declared.filter(isGenAi).map(row)),
    own: buildTable(head, declared.filter((metric) => !isGenAi(metric)).map(row)),
    buckets: buildTable(
      ['metric', 'upper bounds'],
      declared
        .filter(({ buckets }) => buckets)
        .map(({ name, buckets }) => [`\`${name}\``, formatBounds(buckets)]),
    ),
  });
}

function describeGroup({ title, assertions }, tests, deviations) {
  const rows = assertions.map(({ number, rule }) => [
    `A${number}`,
    rule,
    describeProof(number, tests, deviations),
  ]);
  return `### ${title}\n\n${buildTable(['', 'rule', 'proven by'], rows)}`;
}

function describeProof(number, tests, deviations) {
  const byPath = new Map();
  for (const { path, title } of tests.get(number) ?? []) {
    byPath.set(path, [...(byPath.get(path) ?? []), title]);
  }
  const links = [...byPath].map(
    ([path, titles]) => `[${shorten(path)}](../${path}): ${titles.map(quote).join('; ')}`,
  );
  if (deviations.some((deviation) => deviation.number === number)) links.push('[a deviation](#deviations)');
  return links.length === 0 ? '–' : links.join('<br>');
}

function describeDeviations(deviations) {
  if (deviations.length === 0) return 'None is recorded.';
  const row = ({ number, reason, record }) => [`A${number}`, escapeMarkdown(reason), `[record](${record})`];
  return buildTable(['', 'reason', 'decision'], deviations.map(row));
}

const shorten = (path) =>
  path
    .replace(/^packages\//, '')
    .replace('/src/', '/')
    .replace('upstreams/', '');
const quote = (title) => `“${escapeMarkdown(title)}”`;
const formatBounds = (bounds) => bounds.map((bound) => Number(bound.toPrecision(12))).join(', ');
