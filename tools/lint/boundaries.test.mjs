/** Plants forbidden imports (in memory only) and asks ESLint: a boundary that nobody enforces is not one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { ESLint } from 'eslint';
import { root } from '../run-command.mjs';

const boundaries = '@nx/enforce-module-boundaries';
const restricted = 'no-restricted-imports';

/**
 * File to plant in (it must exist: lint is type-aware; a folder stands for its first source), the planted line, the rule
 * that has to report it.
 */
const forbidden = [
  ['translator', 'translator.ts', "import { readFileSync } from 'node:fs';", restricted],
  ['translator', 'translator.ts', "import { z } from 'zod';", boundaries],
  ['translator', 'translator.ts', "import { x } from '@aigw/extproc';", boundaries],
  ['translator', 'translator.ts', "import { x } from '@aigw/aws-auth';", boundaries],
  ['planner', 'index.ts', "import { parse } from 'yaml';", boundaries],
  ['planner', 'index.ts', "import { readFile } from 'node:fs/promises';", restricted],
  ['planner', 'index.ts', "import { x } from '@aigw/translator';", boundaries],
  ['api-types', 'index.ts', "import { x } from '@aigw/translator';", boundaries],
  ['api-types', 'index.ts', "import { randomUUID } from 'node:crypto';", restricted],
  ['envoy-proto', 'index.ts', "import { Server } from '@grpc/grpc-js';", boundaries],
  ['aws-auth', 'index.ts', "import { x } from '@aigw/api-types';", boundaries],
  ['aws-auth', 'index.ts', "import { Server } from '@grpc/grpc-js';", boundaries],
  ['service-runtime', 'index.ts', "import { x } from '@aigw/aws-auth';", boundaries],
  ['cost-expression', 'index.ts', "import { x } from '@aigw/api-types';", boundaries],
  ['planner', 'index.ts', "import { x } from '@aigw/cost-expression';", boundaries],
  ['extproc', 'index.ts', "import { x } from '@aigw/planner';", boundaries],
  ['extproc', 'index.ts', "import { x } from '@aigw/cli';", boundaries],
  ['extproc', 'index.ts', "import { x } from '@aigw/mock-providers';", boundaries],
  ['extproc', 'index.ts', "import { Server } from '@grpc/grpc-js';", restricted],
  ['extproc', 'stream/', "import { Server } from '@grpc/grpc-js';", restricted],
  ['extproc', 'codec/', "import { Server } from '@grpc/grpc-js';", restricted],
  ['translator', 'upstreams/aws-bedrock/', "import { x } from '../aws-anthropic/x.ts';", restricted],
  ['translator', 'upstreams/aws-bedrock/', "import { x } from '../anthropic/x.ts';", restricted],
  ['translator', 'upstreams/aws-bedrock/', "import { x } from '../../anthropic/messages/x.ts';", restricted],
  ['translator', 'upstreams/openai/', "import { x } from '../anthropic/x.ts';", restricted],
  ['translator', 'upstreams/anthropic/', "import { x } from '../openai/x.ts';", restricted],
  ['translator', 'upstreams/aws-anthropic/', "import { x } from '../aws-bedrock/x.ts';", restricted],
  ['translator', 'endpoints/', "import { x } from '../upstreams/openai/x.ts';", restricted],
  ['translator', 'endpoints/messages/', "import { x } from '../../upstreams/index.ts';", restricted],
  ['translator', 'endpoints/', "import { Buffer } from 'node:buffer';", restricted],
  ['translator', 'bedrock/', "import { x } from '../upstreams/aws-bedrock/x.ts';", restricted],
  ['translator', 'capabilities/', "import { x } from '../upstreams/aws-bedrock/x.ts';", restricted],
  ['translator', 'claude/', "import { x } from '../upstreams/anthropic/x.ts';", restricted],
  ['translator', 'schemas/', "import { x } from '../upstreams/anthropic/x.ts';", restricted],
  ['translator', 'wire/', "import { x } from '../upstreams/openai/x.ts';", restricted],
  ['translator', 'upstreams/anthropic/', "import { x } from '../aws-bedrock/x.ts';", restricted],
  ['translator', 'upstreams/anthropic/', "import { x } from '../aws-anthropic/x.ts';", restricted],
  [
    'translator',
    'upstreams/aws-anthropic/',
    "import { x } from '../../openai/chat-completions/x.ts';",
    restricted,
  ],
  ['translator', 'upstreams/aws-bedrock/', "import { Buffer } from 'node:buffer';", restricted],
  ['mock-providers', 'index.ts', "import { x } from '@aigw/translator';", boundaries],
  ['mock-providers', 'index.ts', "import { SignatureV4 } from '@smithy/signature-v4';", boundaries],
  ['controller', 'index.ts', "import { x } from '@aigw/extproc';", boundaries],
  ['controller', 'index.ts', "import { x } from '@aigw/cli';", boundaries],
  ['controller', 'index.ts', "import { x } from '@aigw/mock-providers';", boundaries],
  ['controller', 'reconcilers/', "import { Server } from '@grpc/grpc-js';", restricted],
  ['controller', 'kube/', "import { x } from '../reconcilers/x.ts';", restricted],
  ['controller', 'manager/', "import { x } from '../reconcilers/x.ts';", restricted],
  ['extproc', 'index.ts', "import { x } from '@aigw/controller';", boundaries],
  ['planner', 'kubernetes/', "import { createHash } from 'node:crypto';", restricted],
  ['cli', 'index.ts', "import { x } from '../../planner/src/index.ts';", boundaries],
];

const eslint = new ESLint({ cwd: root });

function findFile(folder, name) {
  if (!name.endsWith('/')) return join(folder, name);
  const found = readdirSync(join(folder, name), { recursive: true }).find((path) =>
    /(?<!\.test)\.ts$/.test(path),
  );
  assert.ok(found, `${name} has no source to plant in`);
  return join(folder, name, found);
}

/** Rules that report `line` when it stands alone in that file. */
async function rulesReporting(packageName, file, line) {
  const filePath = findFile(join(root, 'packages', packageName, 'src'), file);
  const [result] = await eslint.lintText(`${line}\n`, { filePath });
  assert.ok(
    result.messages.every(({ fatal }) => fatal !== true),
    JSON.stringify(result.messages),
  );
  return result.messages.map(({ ruleId }) => ruleId);
}

// Without a project graph the boundary rule turns itself off silently, so it is made first.
before(() => {
  const env = { ...process.env, NX_DAEMON: 'false' };
  execFileSync(join(root, 'node_modules/.bin/nx'), ['show', 'projects'], { cwd: root, env, stdio: 'pipe' });
});

for (const [packageName, file, line, rule] of forbidden) {
  test(`${packageName}/${file} may not: ${line}`, async () => {
    const rules = await rulesReporting(packageName, file, line);
    assert.ok(rules.includes(rule), `wanted ${rule}, got ${JSON.stringify(rules)}`);
  });
}

test('what is allowed is not reported', async () => {
  const allowed = [
    [
      'translator',
      'translator.ts',
      "import type { FilterConfig } from '@aigw/api-types';\nexport type X = FilterConfig;",
    ],
    [
      'translator',
      'upstreams/aws-anthropic/',
      "import type { x } from '../anthropic/x.ts';\nexport type X = typeof x;",
    ],
    [
      'translator',
      'upstreams/aws-bedrock/',
      "import type { x } from '../../schemas/anthropic/x.ts';\nexport type X = typeof x;",
    ],
    ['api-types', 'index.ts', "import { z } from 'zod';\nexport const x = z.string();"],
    ['extproc', 'index.ts', "import type { x } from '@aigw/translator';\nexport type X = typeof x;"],
  ];
  for (const [packageName, file, line] of allowed) {
    const rules = await rulesReporting(packageName, file, line);
    assert.ok(
      !rules.includes(boundaries) && !rules.includes(restricted),
      `${line}: ${JSON.stringify(rules)}`,
    );
  }
});
