/** What each exit status of `aigw` means; documented in docs/aigw.md. */
export const exitCodes = {
  /** Done, or stopped by a signal after draining. */
  ok: 0,
  /** The configuration is wrong, nothing was found to run with, or the gateway is not healthy. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Envoy or extproc could not be kept running. */
  fatal: 3,
  /** A defect of aigw itself. */
  internal: 70,
} as const;

/** One of the exit statuses of `aigw`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
