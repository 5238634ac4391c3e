import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { JsonDocument, JsonObject, JsonPath } from '../../../wire/json-document.ts';
import type { JsonEdit } from '../../../wire/json-splice.ts';

/** What the rules that turn a Messages body into an InvokeModel body share. They only add edits; the bytes between stay. */
export interface EditContext {
  readonly document: JsonDocument;
  readonly root: JsonObject;
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly edits: JsonEdit[];
  /** Betas for the body. */
  readonly betas: Set<string>;
  /** Breakpoints of what is sent, in the order in which the prompt is read. */
  readonly breakpoints: { readonly control: JsonObject; readonly path: JsonPath }[];
  /** Text that is to stand at the end of the system prompt, as JSON of content blocks. */
  readonly systemBlocks: string[];
}

/** Sets or adds the member at `path` to JSON text. */
export function setAt({ edits }: EditContext, path: JsonPath, value: string): void {
  edits.push({ path, value });
}

/** Leaves the member at `path` out, without a word. */
export function removeAt({ edits }: EditContext, path: JsonPath): void {
  edits.push({ path, value: undefined });
}

/** Leaves the member at `path` out and says so. @throws TranslationError when the backend is to reject instead. */
export function dropAt(context: EditContext, path: JsonPath, reason: string): void {
  context.warnings.drop(formatPath(path), reason);
  removeAt(context, path);
}

/** `messages[0].content[1].cache_control` */
export function formatPath(path: JsonPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}
