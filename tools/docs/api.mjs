import { buildTable, fillBlocks } from './blocks.mjs';

/**
 * `docs/api.md`: kinds, types, fields and conditions, as the resource definitions have them.
 * @param definitions What `buildCustomResourceDefinitions` of api-types returns.
 */
export function fillApi(page, { definitions, conditionMeanings, reasonTexts }) {
  const kinds = definitions.map(readKind);
  const { own, shared } = shareTypes(kinds);
  return fillBlocks(page, {
    contents: buildTable(
      ['kind', 'versions', 'what it is'],
      kinds.map(({ kind, versions, description }) => [
        link(kind),
        versions.map(describeVersion).join(', '),
        description,
      ]),
    ),
    kinds: kinds.map((kind) => describeKind(kind, own.get(kind.kind))).join('\n\n'),
    shared: shared.map(describeType).join('\n\n'),
    conditions: buildTable(
      ['condition', '`True` means'],
      Object.entries(conditionMeanings).map(([type, meaning]) => [code(type), meaning]),
    ),
    reasons: buildTable(
      ['reason', 'meaning'],
      Object.entries(reasonTexts).map(([reason, { meaning }]) => [code(reason), meaning]),
    ),
  });
}

/** `docs/kubernetes/troubleshooting.md`: every reason of a condition, and what helps. */
export function fillTroubleshooting(page, { reasonTexts }) {
  const rows = Object.entries(reasonTexts).map(([reason, { meaning, help }]) => [
    code(reason),
    meaning,
    help,
  ]);
  return fillBlocks(page, { reasons: buildTable(['reason', 'meaning', 'what to do'], rows) });
}

const code = (text) => `\`${text}\``;
const link = (name) => `[${name}](#${name.toLowerCase()})`;

const describeVersion = ({ name, storage, deprecated }) =>
  `${code(name)}${storage ? '' : deprecated ? ' (deprecated)' : ' (served)'}`;

const specOf = ({ schema }) => schema.openAPIV3Schema.properties.spec;

/** A kind with the types of its stored version, outermost first. */
function readKind({ spec: { names, versions } }) {
  const stored = versions.find(({ storage }) => storage);
  const types = new Map();
  collectTypes(specOf(stored), types, undefined);
  return {
    kind: names.kind,
    shortNames: names.shortNames ?? [],
    versions,
    description: stored.schema.openAPIV3Schema.description,
    isSpecRequired: stored.schema.openAPIV3Schema.required?.includes('spec') ?? false,
    types: [...types.values()],
  };
}

/** Named types of a schema, each once, with where it is used. */
function collectTypes(schema, types, usedBy) {
  const item = schema.items ?? schema;
  const { title, properties = {} } = item;
  if (title === undefined) return;
  const known = types.get(title);
  if (known !== undefined) {
    known.usedBy.add(usedBy);
    return;
  }
  types.set(title, { title, schema: item, usedBy: new Set(usedBy === undefined ? [] : [usedBy]) });
  for (const property of Object.values(properties)) collectTypes(property, types, title);
}

/** Types of one kind stay with it; those of several are described once, after all kinds. */
function shareTypes(kinds) {
  const users = new Map();
  for (const { types } of kinds) {
    for (const type of types) users.set(type.title, [...(users.get(type.title) ?? []), type]);
  }
  const isShared = ({ title }) => users.get(title).length > 1;
  const shared = [...users.values()]
    .filter((list) => list.length > 1)
    .map((list) => ({ ...list[0], usedBy: new Set(list.flatMap(({ usedBy }) => [...usedBy])) }))
    .sort((left, right) => (left.title < right.title ? -1 : 1));
  return {
    own: new Map(kinds.map(({ kind, types }) => [kind, types.filter((type) => !isShared(type))])),
    shared,
  };
}

function describeKind({ kind, shortNames, description, isSpecRequired, versions, types }, own) {
  const [spec] = types;
  const short = shortNames.length === 0 ? '' : ` Short name: ${shortNames.map(code).join(', ')}.`;
  const fields = [
    ['`apiVersion`', 'string', 'required', `\`aigateway.envoyproxy.io/${versions.at(-1).name}\``],
    ['`kind`', 'string', 'required', code(kind)],
    [
      '`metadata`',
      'ObjectMeta',
      'required',
      'Of Kubernetes; `name` and, unless it is `default`, `namespace`.',
    ],
    ['`spec`', link(spec.title), isSpecRequired ? 'required' : '', spec.schema.description],
    ['`status`', '[Status](#status)', '', 'What has become of it; the controller writes it.'],
  ];
  return [
    `## ${kind}`,
    `${description}${short}`,
    buildTable(head, fields),
    describeDifferences(versions),
    ...own.map(describeType),
  ].join('\n\n');
}

const rulesHead = 'Rules, in the words in which the API server refuses what breaks them:';
const head = ['field', 'type', 'default', 'description'];

function describeType({ title, schema, usedBy }) {
  const { properties, required = [] } = schema;
  const rows = Object.entries(properties).map(([name, property]) => [
    code(name),
    describeTypeOf(property),
    required.includes(name) && property.default === undefined ? 'required' : describeDefault(property),
    describeField(property),
  ]);
  const rules = rulesOf(schema);
  const usage = usedBy.size === 0 ? [] : [`Used by ${[...usedBy].map(link).join(', ')}.`];
  const refused =
    rules.length === 0 ? [] : [`${rulesHead}\n\n${rules.map((rule) => `- ${rule}`).join('\n')}`];
  return [`### ${title}`, ...usage, buildTable(head, rows), ...refused].join('\n\n');
}

const rulesOf = (schema) => (schema['x-kubernetes-validations'] ?? []).map(({ message }) => message);

function describeTypeOf({ items, ...schema }) {
  if (items !== undefined) return `list of ${describeTypeOf(items)}`;
  if (schema.title !== undefined) return link(schema.title);
  if (schema.format === 'date-time') return 'time';
  return schema.type ?? 'any';
}

const describeDefault = ({ default: value }) => (value === undefined ? '' : code(JSON.stringify(value)));

function describeField(schema) {
  return [schema.description, ...describeBounds(schema)].join(' ');
}

/** What a schema allows, in short sentences. */
function describeBounds({ items, ...schema }) {
  const bounds = [
    describeChoice(schema.enum ?? items?.enum, items === undefined),
    describeRange(schema),
    describeCount('items', schema.minItems, schema.maxItems),
    schema.pattern === undefined && describeCount('characters', undefined, schema.maxLength),
    describeKeys(schema),
  ];
  return bounds.filter(Boolean);
}

const describeChoice = (values, isOne) =>
  values && `${isOne ? 'One of' : 'Any of'} ${values.map(code).join(', ')}.`;

function describeRange({ minimum, maximum }) {
  if (minimum === undefined) return undefined;
  return maximum === undefined ? `At least ${minimum}.` : `From ${minimum} to ${maximum}.`;
}

function describeCount(what, minimum, maximum) {
  if (maximum === undefined) return undefined;
  return minimum === undefined ? `At most ${maximum} ${what}.` : `${minimum} to ${maximum} ${what}.`;
}

function describeKeys(schema) {
  const [key] = schema['x-kubernetes-list-map-keys'] ?? [];
  if (key !== undefined) return `Each \`${key}\` once.`;
  return schema['x-kubernetes-list-type'] === 'set' && 'Each once.';
}

/** Fields and rules of a schema by what is said of them: where they are, and in which words. */
function outline(schema, path, found = new Map()) {
  for (const rule of rulesOf(schema)) found.set(`${path}: ${rule}`, { path, text: `the rule “${rule}” of` });
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const own = `${path}.${name}`;
    const { properties, items, description, 'x-kubernetes-validations': rules, ...facts } = property;
    found.set(`${own} ${JSON.stringify(facts)}`, { path: own, text: undefined });
    outline(items ?? property, own, found);
  }
  return found;
}

/** What one outline has and the other lacks, without what is inside of a field that is listed itself. */
function listMissing(here, there) {
  const missing = [...here].filter(([key]) => !there.has(key)).map(([, line]) => line);
  const fields = missing.filter(({ text }) => text === undefined).map(({ path }) => path);
  const isInside = ({ path, text }) =>
    fields.some((field) => path.startsWith(`${field}.`) || (path === field && text !== undefined));
  return missing
    .filter((line) => !isInside(line))
    .map(({ path, text }) => [text, code(path)].filter(Boolean).join(' '));
}

/** How the older version of a kind differs from the stored one, if it does. */
function describeDifferences(versions) {
  if (versions.length === 1) return `Only \`${versions[0].name}\` exists.`;
  const [older, newer] = versions;
  const [before, after] = [outline(specOf(older), 'spec'), outline(specOf(newer), 'spec')];
  const lines = [
    ...listMissing(before, after).map((what) => `- only \`${older.name}\` has ${what}`),
    ...listMissing(after, before).map((what) => `- only \`${newer.name}\` has ${what}`),
  ];
  const names = `\`${older.name}\` (deprecated) and \`${newer.name}\` are the same`;
  return lines.length === 0 ? `${names}.` : `${names}, but for this:\n\n${lines.join('\n')}`;
}
