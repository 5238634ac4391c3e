import type { Logger } from '@aigw/service-runtime';

/** A logger that remembers what it was told, as `level message`. */
export function createQuietLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const say = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const logger = {
    lines,
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: () => logger,
  };
  // The parts of a logger that nobody here calls are left out.
  return logger as unknown as Logger & { readonly lines: string[] };
}
