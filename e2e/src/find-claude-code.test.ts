import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findClaudeCode } from './fixtures/find-claude-code.ts';

let folder: string;
const given = process.env['E2E_CLAUDE_CODE'];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aigw-find-claude-'));
  delete process.env['E2E_CLAUDE_CODE'];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (given !== undefined) process.env['E2E_CLAUDE_CODE'] = given;
});

test('the program is found in the package of its platform, not in the launcher', () => {
  const scope = join(folder, 'node_modules/@anthropic-ai');
  mkdirSync(join(scope, 'claude-code'), { recursive: true });
  mkdirSync(join(scope, 'claude-code-linux-x64'));
  expect(findClaudeCode(folder)).toBeUndefined();
  writeFileSync(join(scope, 'claude-code-linux-x64/claude'), '');
  expect(findClaudeCode(folder)).toBe(join(scope, 'claude-code-linux-x64/claude'));
});

test('a program that is given comes first', () => {
  expect(findClaudeCode(folder)).toBeUndefined();
  process.env['E2E_CLAUDE_CODE'] = 'a-program';
  expect(findClaudeCode(folder)).toBe('a-program');
  delete process.env['E2E_CLAUDE_CODE'];
});
