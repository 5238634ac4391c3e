import { contextManagementEdits, invokeModelBeta, isInvokeModelField } from '../../../capabilities/index.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { JsonPath, JsonValue } from '../../../wire/json-document.ts';
import { dropAt, removeAt, setAt, type EditContext } from './edit-context.ts';

/** Fields that InvokeModel says elsewhere: in the path, in headers or, differently, in the body. */
const movedFields: ReadonlySet<string> = new Set(['model', 'stream', 'service_tier', 'output_format']);

/** Leaves out every top-level field that InvokeModel would refuse. */
export function editTopLevel(context: EditContext): void {
  for (const [name, value] of Object.entries(context.root)) {
    if (movedFields.has(name)) removeAt(context, [name]);
    else if (!isInvokeModelField(context.capabilities, name))
      dropAt(context, [name], 'InvokeModel has no such field');
    else if (value === null) removeAt(context, [name]);
  }
  editThinking(context);
  editOutput(context);
  editContextManagement(context);
}

function editThinking(context: EditContext): void {
  const thinking = objectOf(context.root['thinking']);
  if (!thinking || context.capabilities.acceptsThinking) return;
  if (thinking['type'] === 'disabled') removeAt(context, ['thinking']);
  else dropAt(context, ['thinking'], 'model has no thinking');
}

/** Structured output: natively where the model has it, else as a request in the system prompt. */
function editOutput(context: EditContext): void {
  const { root, capabilities } = context;
  const config = objectOf(root['output_config']);
  const path = config?.['format'] === undefined ? ['output_format'] : ['output_config', 'format'];
  const isNative = capabilities.structuredOutput === 'native';
  const leftOut = ['format', 'effort'].filter(
    (key) => config?.[key] !== undefined && !(key === 'format' ? isNative : capabilities.acceptsEffort),
  );
  if (leftOut.includes('effort')) context.warnings.drop('output_config.effort', 'model has no effort');
  if (!isNative) requestJson(context, path);
  const hasLegacyFormat = isNative && path[0] === 'output_format' && root['output_format'] !== undefined;
  if (config && !hasLegacyFormat && leftOut.length === Object.keys(config).length)
    removeAt(context, ['output_config']);
  else for (const key of leftOut) removeAt(context, ['output_config', key]);
  if (hasLegacyFormat) moveLegacyFormat(context, config !== undefined);
}

function moveLegacyFormat(context: EditContext, hasConfig: boolean): void {
  const format = context.document.rawAt(['output_format']) ?? '{}';
  if (hasConfig) setAt(context, ['output_config', 'format'], format);
  else setAt(context, ['output_config'], `{"format":${format}}`);
}

function requestJson(context: EditContext, path: JsonPath): void {
  const schema = context.document.rawAt([...path, 'schema']);
  if (schema === undefined) return;
  const text = `Answer with nothing but one JSON value that is valid against this JSON schema: ${schema}`;
  context.systemBlocks.push(JSON.stringify({ type: 'text', text }));
  context.warnings.change(path.join('.'), 'model has no structured output, asked for in the system prompt');
}

/** Keeps the edits that Bedrock takes for the model, each with the beta that it needs. */
function editContextManagement(context: EditContext): void {
  const management = objectOf(context.root['context_management']);
  if (!management) return;
  const edits = listOf(management['edits']);
  const refused = edits.flatMap((edit, index) => (takesEdit(context, edit) ? [] : [index]));
  for (const index of refused) {
    const type = stringOf(objectOf(edits[index])?.['type']) ?? 'this';
    context.warnings.drop(
      `context_management.edits[${index}]`,
      `${type} is no edit of this model on Bedrock`,
    );
  }
  if (refused.length === edits.length) removeAt(context, ['context_management']);
  else for (const index of refused) removeAt(context, ['context_management', 'edits', index]);
}

function takesEdit(context: EditContext, edit: JsonValue): boolean {
  const beta = contextManagementEdits.get(stringOf(objectOf(edit)?.['type']) ?? '');
  if (beta === undefined || invokeModelBeta(context.capabilities, beta) === undefined) return false;
  context.betas.add(beta);
  return true;
}
