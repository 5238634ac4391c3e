import fc from 'fast-check';
import { FilterConfigError } from './filter-config-error.ts';
import { parseFilterConfig } from './parse-filter-config.ts';

const minimal = { version: 'dev', backends: [{ name: 'a', schema: { name: 'OpenAI' } }] };

function issuesOf(value: unknown): string[] {
  try {
    parseFilterConfig(value);
  } catch (error) {
    if (FilterConfigError.is(error)) return error.issues.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

test('a small config gets empty lists for what it leaves out', () => {
  expect(parseFilterConfig(minimal)).toEqual({
    config: {
      version: 'dev',
      globalLLMRequestCosts: [],
      llmRequestCosts: [],
      backends: [{ name: 'a', schema: { name: 'OpenAI' } }],
      models: [],
      unscopedModels: [],
      modelsByHost: {},
    },
    warnings: [],
  });
});

const full = {
  version: 'v1.1.0',
  uuid: 'u',
  globalLLMRequestCosts: [{ metadataKey: 'g', type: 'CEL', cel: 'input_tokens' }],
  llmRequestCosts: [{ metadataKey: 'k', routeName: 'ns/r', type: 'TotalToken', backend: 'b', model: 'm' }],
  backends: [
    {
      name: 'ns/b/route/r/rule/0/ref/0',
      modelNameOverride: '',
      schema: { name: 'AWSBedrock', version: 'x', prefix: 'p' },
      auth: {
        aws: {
          region: 'us-east-1',
          credentialFileLiteral: '[default]',
          profile: 'p',
          roleArn: 'r',
          oidc: {
            issuer: 'https://issuer',
            tokenEndpoint: 'https://issuer/token',
            clientId: 'c',
            clientSecret: 's',
            scopes: ['a'],
            audience: 'sts.amazonaws.com',
          },
          rotated: { credentialFileLiteral: '[default]', expiration: '2026-01-02T03:04:05Z' },
          assumeRole: {
            roleArn: 'q',
            externalId: 'e',
            sessionName: 'n',
            sessionTags: [{ key: 'team', value: 'a' }],
          },
        },
        credentialOverride: {
          dynamicMetadataNamespace: 'n',
          dynamicMetadataKey: 'k',
          fallbackToConfigured: true,
          inputHeadersToRemove: ['x-d'],
        },
      },
      httpHeaderMutation: { set: [{ name: 'x-a', value: 'b' }], remove: ['x-c'] },
      httpBodyMutation: { set: [{ path: 'a', value: '1' }], remove: ['b'] },
      modelFamily: 'claude',
      modelCapabilities: [
        {
          match: 'arn:*',
          sameAs: 's',
          family: 'nova',
          reasoning: 'none',
          efforts: ['low'],
          acceptsThinking: true,
          acceptsEffort: false,
          structuredOutput: 'native',
          toolChoice: ['auto', 'any'],
          strictTools: true,
          cachePoint: true,
          cacheTtl1h: true,
          sampling: { accepted: true, combined: false, maxTemperature: 2 },
          topK: 'none',
          defaultMaxTokens: 1,
          maxTokensField: 'max_tokens',
          extraBetas: ['b'],
          refusedBetas: ['c'],
          extraBodyFields: ['f'],
        },
      ],
      unsupportedFields: 'Reject',
      messagesVia: 'Converse',
      host: 'h',
    },
  ],
  models: [{ Name: 'm', OwnedBy: 'o', CreatedAt: '2025-01-02T03:04:05Z' }],
  unscopedModels: [{ Name: 'u', OwnedBy: 'o', CreatedAt: '2025-01-02T03:04:05Z' }],
  modelsByHost: { 'a.example': [{ Name: 'h', OwnedBy: 'o', CreatedAt: '2025-01-02T03:04:05Z' }] },
};

test('every known field comes through unchanged', () => {
  expect(parseFilterConfig(full)).toEqual({ config: full, warnings: [] });
});

function mapKeys(value: unknown, change: (key: string) => string, isRecord = false): unknown {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      isRecord ? key : change(key),
      mapKeys(item, change, key === 'modelsByHost'),
    ]),
  );
}

test.each([
  ['lower case', (key: string) => key.toLowerCase()],
  ['upper case', (key: string) => key.toUpperCase()],
  ['a capital first', (key: string) => key.slice(0, 1).toUpperCase() + key.slice(1)],
])('keys in %s mean the same', (_name, change) => {
  expect(parseFilterConfig(mapKeys(full, change))).toEqual({ config: full, warnings: [] });
});

test('an exact key wins over another letter case, and null means absent', () => {
  const { config } = parseFilterConfig({
    VERSION: 'v9',
    version: 'dev',
    backends: null,
    uuid: null,
    models: [],
  });
  expect(config).toMatchObject({ version: 'dev', backends: [] });
  expect('uuid' in config).toBe(false);
});

test('unknown keys are ignored with a warning that names their place', () => {
  const { warnings } = parseFilterConfig({
    ...minimal,
    mcpConfig: { routes: [] },
    backends: [{ name: 'a', schema: { name: 'OpenAI', 'od d': 1 } }],
  });
  expect(warnings).toEqual(
    ['mcpConfig: unknown key, ignored', 'backends[0].schema["od d"]: unknown key, ignored'].reverse().sort(),
  );
});

test.each(['dev', 'v1.1.0', '1.0.0', 'v1', 'v1.9.3-rc.1+x'])('version %s is accepted', (version) => {
  expect(parseFilterConfig({ ...minimal, version }).config.version).toBe(version);
});

test.each(['v2.0.0', '0.9', '', 'latest', '10.0', 'v1x'])('version %j is refused', (version) => {
  expect(issuesOf({ ...minimal, version })[0]).toMatch(/^version: version mismatch: expected "dev" or 1.x/);
});

test.each([
  ['no document', undefined, ': expected object, received undefined'],
  ['a list', [], ': expected object, received array'],
  ['no version', { backends: [] }, 'version: expected string, received undefined'],
  [
    'a backend without a name',
    { ...minimal, backends: [{ schema: { name: 'OpenAI' } }] },
    'backends[0].name: expected string, received undefined',
  ],
  [
    'an empty name',
    { ...minimal, backends: [{ name: '', schema: { name: 'OpenAI' } }] },
    'backends[0].name: must not be empty',
  ],
  [
    'an unknown schema',
    { ...minimal, backends: [{ name: 'a', schema: { name: 'Foo' } }] },
    'backends[0].schema.name: expected one of "OpenAI"|',
  ],
  [
    'a number as a key',
    { ...minimal, backends: [{ name: 'a', schema: { name: 'OpenAI' }, auth: { apiKey: { key: 7 } } }] },
    'backends[0].auth.apiKey.key: expected string, received number',
  ],
  [
    'a client of an issuer without a role',
    {
      ...minimal,
      backends: [
        {
          name: 'a',
          schema: { name: 'AWSBedrock' },
          auth: { aws: { oidc: { issuer: 'i', clientId: 'c', clientSecret: 's' } } },
        },
      ],
    },
    'backends[0].auth.aws.roleArn: a role is required for a token to be exchanged',
  ],
  ...(
    [
      [
        { credentialFileLiteral: '[default]', expiration: 'tomorrow' },
        'backends[0].auth.aws.rotated.expiration: expected a time such as 2026-01-02T03:04:05Z',
      ],
      [
        { credentialFileLiteral: '[default]', expiration: '2026-01-02T03:04:05Z' },
        'backends[0].auth.aws.oidc: what is exchanged is required, for the time when nobody renews them',
      ],
    ] as const
  ).map(([rotated, message]): [string, unknown, string] => [
    `rotated credentials: ${message}`,
    {
      ...minimal,
      backends: [{ name: 'a', schema: { name: 'AWSBedrock' }, auth: { aws: { rotated } } }],
    },
    message,
  ]),
  ...(
    [
      [{}, 'modelCapabilities[0].match: expected string, received undefined'],
      [{ match: 'a*b' }, 'modelCapabilities[0].match: a * may only stand at the end'],
      [
        { match: 'a', reasoning: 'hard' },
        'modelCapabilities[0].reasoning: expected one of "thinking-adaptive"|',
      ],
      [{ match: 'a', defaultMaxTokens: 0 }, 'modelCapabilities[0].defaultMaxTokens: '],
      [{ match: 'a', sampling: { maxTemperature: -1 } }, 'modelCapabilities[0].sampling.maxTemperature: '],
      [{ match: 'a', efforts: ['huge'] }, 'modelCapabilities[0].efforts[0]: expected one of "minimal"|'],
      [{ match: 'a', extraBetas: [''] }, 'modelCapabilities[0].extraBetas[0]: must not be empty'],
    ] as const
  ).map(([entry, issue]): [string, unknown, string] => [
    `the capabilities ${JSON.stringify(entry)}`,
    { ...minimal, backends: [{ name: 'a', schema: { name: 'OpenAI' }, modelCapabilities: [entry] }] },
    `backends[0].${issue}`,
  ]),
  [
    'capabilities of one model twice',
    {
      ...minimal,
      backends: [
        { name: 'a', schema: { name: 'OpenAI' }, modelCapabilities: [{ match: 'm' }, { match: 'm' }] },
      ],
    },
    'backends[0].modelCapabilities[1].match: duplicate match "m"',
  ],
  [
    'a route cost without its route',
    { ...minimal, llmRequestCosts: [{ metadataKey: 'k', type: 'TotalToken', routeName: '' }] },
    'llmRequestCosts[0].routeName: must not be empty',
  ],
  [
    'an unknown cost',
    { ...minimal, globalLLMRequestCosts: [{ metadataKey: 'k', type: 'Foo' }] },
    'globalLLMRequestCosts[0].type: expected one of',
  ],
  [
    'a bad time',
    { ...minimal, models: [{ Name: 'm', CreatedAt: 'yesterday' }] },
    'models[0].CreatedAt: expected a time',
  ],
  [
    'a bad host list',
    { ...minimal, modelsByHost: { 'a.b': {} } },
    'modelsByHost["a.b"]: expected array, received object',
  ],
])('%s is an issue with its path', (_name, value, expected) => {
  expect(issuesOf(value).join('\n')).toContain(expected);
});

test('all issues are listed at once', () => {
  const error: unknown = (() => {
    try {
      return parseFilterConfig({ version: 1, backends: [{}, { name: 'x', schema: { name: 'Nope' } }] });
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toMatchObject({ code: 'invalid_filter_config' });
  expect((error as FilterConfigError).issues.map(({ path }) => path)).toEqual([
    'version',
    'backends[0].name',
    'backends[0].schema',
    'backends[1].schema.name',
  ]);
});

test('header names become lower-case', () => {
  const httpHeaderMutation = { set: [{ name: 'X-A', value: 'B' }], remove: ['X-C'] };
  const { config } = parseFilterConfig({
    ...minimal,
    backends: [{ ...minimal.backends[0], httpHeaderMutation }],
  });
  expect(config.backends[0]?.httpHeaderMutation).toEqual({
    set: [{ name: 'x-a', value: 'B' }],
    remove: ['x-c'],
  });
});

describe('authentication that is not served', () => {
  const parseAuth = (auth: unknown) => {
    const { config, warnings } = parseFilterConfig({
      version: 'dev',
      Backends: [{ ...minimal.backends[0], Auth: auth }],
    });
    return { auth: config.backends[0]?.auth, warnings };
  };

  test.each([
    [{ azureAPIKey: { key: 'k' } }, 'azureAPIKey is not supported, requests to this backend are refused'],
    [{ gcp: { accessToken: 't' } }, 'gcp is not supported, requests to this backend are refused'],
    [{}, 'no way to authenticate is given, requests to this backend are refused'],
    [{ aws: null }, 'no way to authenticate is given, requests to this backend are refused'],
    [
      { credentialOverride: { fallbackToConfigured: true } },
      'no way to authenticate is given, requests to this backend are refused',
    ],
  ])('%j leaves nothing, so that every request is refused', (auth, warning) => {
    const parsed = parseAuth(auth);
    expect(parsed.auth).toEqual({});
    expect(parsed.warnings.join()).toContain(warning);
  });

  test('an override says nothing of what is configured unless it says so', () => {
    const override = { HeaderName: 'X-Tenant-Key', inputHeadersToRemove: ['X-Tenant-Key'] };
    const parsed = parseAuth({ apiKey: { key: '' }, CredentialOverride: override });
    expect(parsed.auth).toEqual({
      apiKey: { key: '' },
      credentialOverride: {
        headerName: 'x-tenant-key',
        fallbackToConfigured: false,
        inputHeadersToRemove: ['x-tenant-key'],
      },
    });
    expect(parsed.warnings).toEqual([]);
  });

  test('several kinds: the first counts, with a warning', () => {
    const parsed = parseAuth({ anthropicAPIKey: { key: 'b' }, apiKey: { key: 'a' }, gcp: {} });
    expect(parsed.warnings).toEqual([
      'backends[0].auth.gcp: not supported, ignored',
      'backends[0].auth.anthropicAPIKey: ignored, apiKey is used',
    ]);
  });
});

test('a backend named twice is warned of', () => {
  const { warnings } = parseFilterConfig({
    ...minimal,
    backends: [minimal.backends[0], minimal.backends[0]],
  });
  expect(warnings).toEqual(['backends[0].name: given again later, this entry is ignored']);
});

test('no value of the document is in a message or warning', () => {
  const canary = 'canary-12ab';
  const auth = { apiKey: { key: [canary] }, aws: { region: 5, credentialFileLiteral: { x: canary } } };
  const schema = { name: canary };
  const issues = issuesOf({ ...minimal, backends: [{ name: 'a', schema, auth, modelFamily: canary }] });
  expect(issues.length).toBeGreaterThan(3);
  expect(issues.join()).not.toContain(canary);
});

test('whatever the document is, the answer is a config or a FilterConfigError', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({ version: fc.constant('dev'), backends: fc.jsonValue(), modelsByHost: fc.jsonValue() }),
      ),
      (value) => {
        try {
          expect(parseFilterConfig(value).config.version).toBeDefined();
        } catch (error) {
          expect(FilterConfigError.is(error)).toBe(true);
        }
      },
    ),
  );
});
