/** What a gateway is started with. */
export interface GatewayOptions {
  /** Resource files, as paths from the repository's root. */
  readonly files?: readonly string[];
  /** Resources as YAML text; the launcher writes them into a file of their own. */
  readonly yaml?: string;
  /** Send known provider hosts to the built-in mock. */
  readonly mock?: boolean;
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of `aigw run`. */
  readonly args?: readonly string[];
}

/** How a gateway ended. */
export interface GatewayExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A running gateway. */
export interface Gateway {
  /** Base URL of the first HTTP listener, without a slash at the end. */
  readonly url: string;
  /** Base URL of the admin server. */
  readonly adminUrl: string;
  /** Everything that it has written to stdout and stderr so far. */
  logs(): string;
  /** Asks it to end, waits until it has ended. Safe to call twice. */
  stop(): Promise<GatewayExit>;
}

/** One way of running the gateway. Tests that do not care which take any. */
export interface GatewayLauncher<Running extends Gateway = Gateway> {
  readonly name: string;
  /** Resolves when the gateway has said that it serves; rejects with its output when it ends before or takes too long. */
  start(options: GatewayOptions): Promise<Running>;
}

/** The line by which `aigw run` says that a request can be served. */
export const listeningLine = /aigw: listening on (http:\/\/\S+)(?: \(admin (http:\/\/[^\s)]+)\))?/;
