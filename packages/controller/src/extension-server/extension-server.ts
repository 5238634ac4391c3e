import type { PostTranslateModifyRequest, PostTranslateModifyResponse } from '@aigw/envoy-proto/xds';
import { formatListenAddress, type ListenAddress } from '@aigw/service-runtime';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { createExtensionHandlers, extensionServiceDefinition } from './extension-service.ts';
import { createGatewayMessages } from './gateway-messages.ts';
import { healthHandlers, healthServiceDefinition } from './health-service.ts';
import { postTranslateModify, type TranslationProblem } from './post-translate-modify.ts';

/** What the server is made with. */
export interface ExtensionServerOptions {
  /** The path of the data plane's socket, as Envoy sees it. */
  readonly extprocSocket: string;
  /** Told after each translation what was left as Envoy Gateway made it; empty when all went well. */
  readonly onTranslated: (problems: readonly TranslationProblem[]) => void;
  /** Certificate and key in PEM, with the authority of clients where they must show a certificate; plain text when absent. */
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer; readonly clientAuthority?: Buffer };
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

function credentialsOf({ tls }: ExtensionServerOptions): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { certificate, key, clientAuthority } = tls;
  const pair = [{ cert_chain: certificate, private_key: key }];
  return ServerCredentials.createSsl(clientAuthority ?? null, pair, clientAuthority !== undefined);
}

/** A server of Envoy Gateway's extension service, and of gRPC health. */
export function createExtensionServer(options: ExtensionServerOptions): ExtensionServer {
  const { maxMessageBytes = defaultMaxMessageBytes, extprocSocket, onTranslated } = options;
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
  });
  const messages = createGatewayMessages(extprocSocket);
  const translate = (request: PostTranslateModifyRequest): PostTranslateModifyResponse => {
    const problems: TranslationProblem[] = [];
    const response = postTranslateModify(request, messages, (problem) => void problems.push(problem));
    onTranslated(problems);
    return response;
  };
  server.addService(extensionServiceDefinition, createExtensionHandlers(translate));
  server.addService(healthServiceDefinition, healthHandlers);
  return {
    listen: (address) =>
      new Promise((resolve, reject) => {
        server.bindAsync(formatListenAddress(address), credentialsOf(options), (error, port) => {
          if (error === null) resolve(port);
          else reject(error);
        });
      }),
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
