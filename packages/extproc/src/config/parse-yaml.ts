import { parseDocument } from 'yaml';
import { ConfigError } from './config-error.ts';

/**
 * What controllers write is JSON, which a reader of YAML takes ten times as long for. Of a key that stands twice the last one
 * counts, as JSON has it. Not JSON is not yet a mistake.
 */
function parseJson(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Parses one YAML (or JSON) document.
 * @throws ConfigError with file, line and column; without the text of the line, since it may be a secret.
 */
export function parseYaml(text: string, file: string): unknown {
  const json = parseJson(text);
  if (json !== undefined) return json;
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new ConfigError(
      'invalid_config',
      `${file}:${position(text, error.pos[0])}: not valid YAML (${error.code})`,
    );
  }
  try {
    return document.toJS() as unknown;
  } catch {
    throw new ConfigError('invalid_config', `${file}: not valid YAML (unresolved or excessive aliases)`);
  }
}

function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
