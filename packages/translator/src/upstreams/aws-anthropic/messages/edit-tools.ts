import { refusedToolKeys, serverTools, toolKeyBetas } from '../../../capabilities/index.ts';
import { TranslationError } from '../../../errors.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { JsonObject, JsonPath } from '../../../wire/json-document.ts';
import { noteBreakpoint } from './edit-cache-control.ts';
import { dropAt, formatPath, removeAt, setAt, type EditContext } from './edit-context.ts';

const serverTool = new RegExp(`^(?:${serverTools.join('|')})(?:_\\d{8})?$`);

/** Brings tool definitions into the form that Bedrock takes. Schemas are the client's own business and stay as they are. */
export function editTools(context: EditContext): void {
  listOf(context.root['tools']).forEach((tool, index) => {
    const definition = objectOf(tool);
    if (definition) editTool(context, definition, ['tools', index]);
  });
}

/** Betas must have been collected before. */
function editTool(context: EditContext, tool: JsonObject, path: JsonPath): void {
  refuseServerTool(tool, path);
  for (const key of Object.keys(tool)) {
    const reason = refusalOf(context, key);
    if (reason !== undefined) dropAt(context, [...path, key], reason);
  }
  hoistCustom(context, tool, path);
  noteBreakpoint(context, tool, path);
  if (objectOf(tool['input_schema'])?.['type'] === 'custom') {
    setAt(context, [...path, 'input_schema', 'type'], '"object"');
  }
}

function refuseServerTool(tool: JsonObject, path: JsonPath): void {
  const type = stringOf(tool['type']) ?? '';
  if (!serverTool.test(type)) return;
  const message = `The tool ${type} is run by Anthropic and not available on Bedrock: remove it from "tools"`;
  throw new TranslationError('unsupported_parameter', message, { param: formatPath(path) });
}

/** Why Bedrock would refuse a key of a tool; undefined when it would not. */
function refusalOf(context: EditContext, key: string): string | undefined {
  if (refusedToolKeys.has(key)) return 'Bedrock tools have no such field';
  if (key === 'strict' && !context.capabilities.strictTools) return 'model has no strict tools';
  const beta = toolKeyBetas.get(key);
  return beta === undefined || context.betas.has(beta) ? undefined : `needs the beta ${beta}`;
}

/** Some clients put the members of a tool into `custom`; Bedrock reads them beside `name`. */
function hoistCustom(context: EditContext, tool: JsonObject, path: JsonPath): void {
  const custom = objectOf(tool['custom']);
  if (!custom) return;
  removeAt(context, [...path, 'custom']);
  for (const key of Object.keys(custom)) {
    const from = [...path, 'custom', key];
    const reason = refusalOf(context, key);
    if (reason !== undefined) context.warnings.drop(formatPath(from), reason);
    else if (!Object.hasOwn(tool, key))
      setAt(context, [...path, key], context.document.rawAt(from) ?? 'null');
  }
}
