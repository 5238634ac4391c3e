import type { ListenAddress } from '@aigw/service-runtime';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { OpenStream, Transport } from '../transport.ts';
import { createHealthService } from './health-service.ts';
import { followSessions, type Http2Sessions } from './http2-sessions.ts';
import { createProcessHandler, processService } from './process-service.ts';
import { applyHttp2Options, findNodeProblem } from './server-options.ts';
import { claimSocket, type SocketClaim } from './unix-socket.ts';

/** How the server is set up. */
export interface GrpcJsTransportOptions {
  readonly openStream: OpenStream;
  /** Bytes of one message; unlimited by default, since Envoy's own buffer limits bound it. */
  readonly maxReceiveMessageBytes?: number;
}

/**
 * A transport on `@grpc/grpc-js`.
 * @throws Error when this Node or this grpc-js cannot lift the limit on stream resets.
 */
export function createGrpcJsTransport({
  openStream,
  maxReceiveMessageBytes = -1,
}: GrpcJsTransportOptions): Transport {
  const problem = findNodeProblem(process.versions.node);
  if (problem !== undefined) throw new Error(problem);
  const server = new Server({
    'grpc.max_receive_message_length': maxReceiveMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
  });
  applyHttp2Options(server);
  const health = createHealthService();
  server.addService(health.definition, health.implementation);
  server.addService(processService, { Process: createProcessHandler(openStream) });
  let claim: SocketClaim | undefined;
  let sessions: Http2Sessions | undefined;

  return {
    async listen(address) {
      const bound = await bindAddress(server, address, (socket) => (claim = socket));
      sessions = followSessions(server);
      await claim?.publish();
      return bound;
    },
    setServing: (isServing) => health.setServing(isServing),
    async drain(deadline) {
      health.setServing(false);
      await claim?.release();
      health.close();
      await shutDown(server, deadline, () => sessions?.destroy());
    },
  };
}

async function bindAddress(
  server: Server,
  address: ListenAddress,
  onClaim: (claim: SocketClaim) => void,
): Promise<ListenAddress> {
  if (address.kind === 'unix') {
    const claim = await claimSocket(address.path, process.pid);
    onClaim(claim);
    await bind(server, `unix:${claim.bindPath}`);
    return address;
  }
  const hosts = address.host === '' ? ['[::]', '0.0.0.0'] : [formatHost(address.host)];
  let lastError: unknown;
  for (const host of hosts) {
    try {
      return { ...address, port: await bind(server, `${host}:${address.port}`) };
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function bind(server: Server, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

/** GOAWAY on every connection, then the streams' own end, or the deadline. */
function shutDown(server: Server, deadline: AbortSignal, destroySessions: () => void): Promise<void> {
  return new Promise((resolve) => {
    const cut = (): void => {
      server.forceShutdown();
      destroySessions();
      // After a cut grpc-js does not always report that a graceful shutdown came to its end.
      resolve();
    };
    deadline.addEventListener('abort', cut);
    if (deadline.aborted) {
      cut();
      return;
    }
    server.tryShutdown(() => {
      deadline.removeEventListener('abort', cut);
      resolve();
    });
  });
}
