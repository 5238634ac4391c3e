import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom (docs/architecture.md). tools/lint/boundaries.test.mjs proves that each rule bites. */
const depConstraints = [
  { sourceTag: 'layer:vocabulary', onlyDependOnLibsWithTags: [], allowedExternalImports: ['zod'] },
  { sourceTag: 'layer:generated', onlyDependOnLibsWithTags: [], allowedExternalImports: ['@bufbuild/*'] },
  { sourceTag: 'layer:pure', onlyDependOnLibsWithTags: ['layer:vocabulary'], allowedExternalImports: [] },
  {
    sourceTag: 'layer:lib',
    onlyDependOnLibsWithTags: [],
    bannedExternalImports: ['@grpc/*', '@kubernetes/*'],
  },
  { sourceTag: 'layer:mock', onlyDependOnLibsWithTags: ['layer:vocabulary'], allowedExternalImports: [] },
  {
    sourceTag: 'layer:service',
    onlyDependOnLibsWithTags: ['layer:pure', 'layer:lib', 'layer:vocabulary', 'layer:generated'],
  },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: ['layer:service', 'layer:pure', 'layer:lib', 'layer:mock', 'layer:vocabulary'],
  },
  { sourceTag: 'layer:e2e', onlyDependOnLibsWithTags: ['layer:e2e', 'layer:mock'] },
  { sourceTag: 'plane:data', notDependOnLibsWithTags: ['plane:control'] },
  { sourceTag: 'plane:control', notDependOnLibsWithTags: ['plane:data'] },
];

/** Tests obey the same boundaries between our packages, but may use any development tool. */
const testConstraints = depConstraints.map(
  ({ allowedExternalImports: _allowed, bannedExternalImports: _banned, ...constraint }) => constraint,
);

const boundaries = (constraints) => [
  'error',
  {
    depConstraints: constraints,
    allow: [],
    banTransitiveDependencies: true,
    checkDynamicDependenciesExceptions: [],
    enforceBuildableLibDependency: false,
  },
];

const pureGlobals = ['process', 'Date', 'setTimeout', 'setInterval', 'performance', 'crypto', 'fetch'].map(
  (name) => ({ name, message: 'Pure packages take clocks, ids and I/O as parameters.' }),
);

/** The last config that matches a file says all of what it may import, so each repeats what holds for every pure file. */
const pureImports = (...patterns) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: ['node:*'], message: 'Pure packages do no I/O.' }, ...patterns] },
  ],
});

const house = {
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 12],
  'max-params': ['error', 4],
  eqeqeq: 'error',
  'no-console': 'error',
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
    { selector: 'ExportAllDeclaration', message: 'Name what you export.' },
  ],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/gen/**',
      '**/node_modules/**',
      '**/coverage/**',
      '**/.nx/**',
      '**/*.mjs',
      '**/bin/*.js',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...house,
      '@nx/enforce-module-boundaries': boundaries(depConstraints),
    },
  },
  {
    files: ['packages/{api-types,translator,planner}/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      ...pureImports(),
      'no-restricted-globals': ['error', ...pureGlobals],
    },
  },
  ...['openai', 'anthropic', 'aws-bedrock', 'aws-anthropic'].map((upstream) => ({
    // Upstreams are siblings: they never import each other. The one declared parent: aws-anthropic speaks anthropic's bodies.
    files: [`packages/translator/src/upstreams/${upstream}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: pureImports({
      regex: `^(\\.\\./)+(openai|aws-bedrock|aws-anthropic${upstream === 'aws-anthropic' ? '' : '|anthropic'})/`,
      message: 'Upstreams never import each other.',
    }),
  })),
  {
    // What upstreams share knows none of them.
    files: ['packages/translator/src/{bedrock,capabilities,claude,endpoints,schemas,wire}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: pureImports({
      regex: '(^|/)upstreams/',
      message: 'Upstreams import what they share, never the other way around.',
    }),
  },
  {
    // The session, the phase machine and the codec know no transport (docs/architecture.md).
    files: ['packages/extproc/src/**/*.ts'],
    ignores: ['packages/extproc/src/transport/**', '**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@grpc/*'], message: 'Only src/transport knows grpc-js.' }] },
      ],
    },
  },
  {
    // What speaks to the API server, and what watches it, knows nothing of our resources.
    files: ['packages/controller/src/{kube,manager}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(reconcilers|webhook|extension-server)/',
              message: 'Reconcilers import it, never the other way around.',
            },
          ],
        },
      ],
    },
  },
  {
    // What Envoy Gateway calls is one folder; reconcilers know neither it nor its transport.
    files: ['packages/controller/src/reconcilers/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@grpc/*'], message: 'Only src/extension-server knows grpc-js.' }] },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/src/testing/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(testConstraints) },
  },
  {
    files: ['**/*.test.ts', 'e2e/**/*.ts', 'bench/**/*.ts', '**/__fixtures__/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  prettier,
);
