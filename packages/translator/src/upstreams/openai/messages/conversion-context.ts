import type { ToolNames } from '../../../endpoints/tool-names.ts';
import type { WarningCollector } from '../../../warnings.ts';

/** What the parts of a request are converted with. */
export interface ConversionContext {
  readonly warnings: WarningCollector;
  readonly toolNames: ToolNames;
  readonly convertToolId: (id: string) => string;
}
