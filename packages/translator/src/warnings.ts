import { TranslationError } from './errors.ts';
import type { UpstreamTarget, Warning } from './translator.ts';

/** Collects what a translation changes in the client's request, once for each field and reason. */
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
  return {
    get warnings() {
      return [...collected.values()];
    },
    drop(path, reason) {
      if (target.unsupportedFields === 'Reject') {
        throw new TranslationError('unsupported_parameter', `${path} is not supported: ${reason}`, {
          param: path,
        });
      }
      collected.set(`${path}\n${reason}`, { path, action: 'dropped', reason });
    },
    change(path, reason) {
      collected.set(`${path}\n${reason}`, { path, action: 'changed', reason });
    },
  };
}
