import type { PostTranslateModifyRequest, PostTranslateModifyResponse } from '@aigw/envoy-proto/xds';
import { formatListenAddress, type ListenAddress } from '@aigw/service-runtime';
import { Server, type ServerCredentials } from '@grpc/grpc-js';
import { createExtensionCredentials, type ExtensionTls } from './credentials.ts';
import { createExtensionHandlers, extensionServiceDefinition } from './extension-service.ts';
import { createGatewayMessages } from './gateway-messages.ts';
import { healthHandlers, healthServiceDefinition } from './health-service.ts';
import { postTranslateModify, type Surroundings, type TranslationProblem } from './post-translate-modify.ts';
import { gatherTranslatedRoutes, type TranslatedRoute } from './translated-routes.ts';

/** What a translation has come to. */
export interface Translation {
  /** What was left as Envoy Gateway made it; empty when all went well. */
  readonly problems: readonly TranslationProblem[];
  /** Our HTTPRoutes in it, each with its problems. */
  readonly routes: readonly TranslatedRoute[];
}

/** What the server is made with. */
export interface ExtensionServerOptions {
  /** The path of the data plane's socket, as Envoy sees it. */
  readonly extprocSocket: string;
  /** Told after each translation; what it throws goes nowhere. */
  readonly onTranslated: (translation: Translation) => void;
  /** What is known beside the translations. */
  readonly around: Surroundings;
  /** Plain text when absent. */
  readonly tls?: ExtensionTls;
  /** The largest message, both ways; 256 MiB by default. */
  readonly maxMessageBytes?: number;
}

/** The server that Envoy Gateway calls with each translation. */
export interface ExtensionServer {
  /** Binds and resolves with the port. @throws Error when the address cannot be bound */
  listen(address: ListenAddress): Promise<number>;
  /** Lets running calls end, within the time. */
  stop(withinMs?: number): Promise<void>;
}

/** A thousand routes are some ten MiB; gRPC's own limit of 4 MiB would stop all updates at a few hundred. */
const defaultMaxMessageBytes = 256 * 1024 * 1024;

/** Whatever is made of a translation, Envoy Gateway gets its answer. */
function tell(
  { onTranslated }: ExtensionServerOptions,
  response: PostTranslateModifyResponse,
  problems: readonly TranslationProblem[],
): void {
  try {
    onTranslated({ problems, routes: gatherTranslatedRoutes(response.routes, problems) });
  } catch {
    // A report that is lost is made again with the next translation.
  }
}

/** gRPC knows no address without a host: every interface, where there is no IPv6 those of IPv4. */
function targetsOf(address: ListenAddress): readonly [string, string?] {
  if (address.kind === 'unix' || address.host !== '') return [formatListenAddress(address)];
  return [`[::]:${address.port}`, `0.0.0.0:${address.port}`];
}

const bind = (server: Server, target: string, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(target, credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });

/** A server of Envoy Gateway's extension service, and of gRPC health. */
export function createExtensionServer(options: ExtensionServerOptions): ExtensionServer {
  const { maxMessageBytes = defaultMaxMessageBytes, extprocSocket, tls, around } = options;
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
  });
  const messages = createGatewayMessages(extprocSocket);
  const translate = (request: PostTranslateModifyRequest): PostTranslateModifyResponse => {
    const problems: TranslationProblem[] = [];
    const report = (problem: TranslationProblem): void => void problems.push(problem);
    const response = postTranslateModify(request, messages, report, around);
    tell(options, response, problems);
    return response;
  };
  server.addService(extensionServiceDefinition, createExtensionHandlers(translate));
  server.addService(healthServiceDefinition, healthHandlers);
  return {
    listen: async (address) => {
      const credentials = createExtensionCredentials(tls);
      const [first, second] = targetsOf(address);
      return bind(server, first, credentials).catch((error: unknown) => {
        if (second === undefined) throw error;
        return bind(server, second, credentials);
      });
    },
    stop: (withinMs = 5_000) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, withinMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
