import { createLogger, createMetrics, runServices } from '@aigw/service-runtime';
import { parseExtprocFlags } from './flags.ts';
import { createExtprocServices } from './server.ts';

/** Below the 30 s that Kubernetes gives a pod. */
const drainTimeoutMs = 25_000;

const readyLine = 'AI Gateway External Processor is ready\n';

/**
 * Runs the external processor until a signal ends it.
 * @param args Command-line arguments without the program's name.
 * @returns the exit code.
 */
export async function main(args: readonly string[] = process.argv.slice(2)): Promise<number> {
  const parsed = parseExtprocFlags(args);
  if (parsed.kind === 'help') {
    process.stdout.write(parsed.text);
    return 0;
  }
  if (parsed.kind === 'problems') {
    process.stderr.write(`aigw-extproc: ${parsed.problems.join('\naigw-extproc: ')}\n`);
    return 2;
  }
  const { flags, unknown } = parsed;
  const logger = createLogger({ level: flags.logLevel, format: flags.logFormat });
  if (unknown.length > 0) logger.warn('unknown flags are ignored', { flags: unknown });
  const metrics = createMetrics({ withProcessMetrics: true });
  const services = createExtprocServices({ flags, logger, metrics });
  return runServices(services, {
    logger,
    signals: process,
    exit: (code) => process.exit(code),
    drainTimeoutMs,
    // Whoever starts us waits for this line, in whatever format the log is.
    onReady: () => process.stderr.write(readyLine),
  });
}

if (import.meta.main) process.exitCode = await main();
