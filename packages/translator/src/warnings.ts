import { TranslationError } from './errors.ts';
import type { UpstreamTarget, Warning } from './translator.ts';

/** A client could have any number of fields dropped; headers, logs and metrics are not to grow with them. */
const maxWarnings = 100;

/** Collects what a translation changes in the client's request, once for each field and reason; beyond a hundred it only counts. */
export interface WarningCollector {
  readonly warnings: readonly Warning[];
  /**
   * A field that the backend cannot take is left out.
   * @throws TranslationError `unsupported_parameter` when the backend is to reject instead.
   */
  drop(path: string, reason: string): void;
  /** A field goes out in another form than the client's, with the same meaning as far as the backend allows. */
  change(path: string, reason: string): void;
}

/** A collector that follows the backend's `unsupportedFields`. */
export function createWarningCollector(target: Pick<UpstreamTarget, 'unsupportedFields'>): WarningCollector {
  const collected = new Map<string, Warning>();
  let uncollected = 0;
  const add = (warning: Warning): void => {
    const key = `${warning.path}\n${warning.reason}`;
    if (collected.size < maxWarnings || collected.has(key)) collected.set(key, warning);
    else uncollected += 1;
  };
  return {
    get warnings() {
      const more = { path: '*', action: 'dropped', reason: `and ${uncollected} more` } as const;
      return [...collected.values(), ...(uncollected > 0 ? [more] : [])];
    },
    drop(path, reason) {
      if (target.unsupportedFields === 'Reject') {
        throw new TranslationError('unsupported_parameter', `${path} is not supported: ${reason}`, {
          param: path,
        });
      }
      add({ path, action: 'dropped', reason });
    },
    change(path, reason) {
      add({ path, action: 'changed', reason });
    },
  };
}
