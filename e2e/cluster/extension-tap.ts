import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { ownNamespace } from './charts.ts';
import type { KubeApi } from './kube-api.ts';
import { nodeAddress } from './network/node-network.ts';
import type { Target } from './network/relay.ts';

/** Where pods, and this node, reach the extension server: at its Service. */
export async function findExtensionServer(api: KubeApi): Promise<Target> {
  const path = `/api/v1/namespaces/${ownNamespace}/services/ai-gateway-controller`;
  const { body } = await api.request('GET', path);
  return { address: body['spec'].clusterIP as string, port: 1063 };
}

/** Stands between Envoy Gateway and the extension server, and hears what they say. */
export interface ExtensionTap {
  /** What Envoy Gateway's chart is installed with, so that it calls here. */
  readonly chartArguments: readonly string[];
  /** Where requests are passed on to; until then they fail. */
  passTo(server: Target): void;
  stop(): Promise<void>;
}

/** A message of a call. */
export interface TappedRequest {
  /** Such as `PostTranslateModify`. */
  readonly method: string;
  /** The message as it came, without gRPC's frame. */
  readonly message: Buffer;
}

/** Before each message gRPC says whether it is compressed, in one byte, and its length, in four. */
const frameBytes = 5;

function readMessage(body: Buffer): Buffer {
  if (body[0] !== 0) throw new Error('the message is compressed');
  return body.subarray(frameBytes, frameBytes + body.readUInt32BE(1));
}

function pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, target: ClientHttp2Session): void {
  const upstream = target.request(headers);
  let trailers: IncomingHttpHeaders = {};
  upstream.on('trailers', (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  upstream.on('response', (answer, flags) => {
    const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, isWhole ? { endStream: true } : { waitForTrailers: true });
    if (isWhole) return;
    stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    upstream.pipe(stream);
  });
  upstream.once('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  stream.once('error', () => upstream.close(constants.NGHTTP2_CANCEL));
  stream.pipe(upstream);
}

function chartArgumentsFor(port: number): string[] {
  const service = 'config.envoyGateway.extensionManager.service';
  const values = [
    `${service}.fqdn=null`,
    `${service}.ip.address=${nodeAddress}`,
    `${service}.ip.port=${port}`,
  ];
  return values.flatMap((value) => ['--set', value]);
}

/**
 * Starts it on the node, in front of an extension server that speaks plain text.
 * @param onRequest - told of each request when it is complete
 */
export async function startExtensionTap(onRequest: (request: TappedRequest) => void): Promise<ExtensionTap> {
  let url: string | undefined;
  let target: ClientHttp2Session | undefined;
  const session = (authority: string): ClientHttp2Session => {
    if (target === undefined || target.closed || target.destroyed) {
      target = connect(authority);
      target.on('error', () => undefined);
    }
    return target;
  };
  const sessions = new Set<{ destroy(): void }>();
  const server = createServer();
  server.on('session', (opened) => {
    sessions.add(opened);
    opened.once('close', () => sessions.delete(opened));
  });
  server.on('stream', (stream, headers) => {
    if (url === undefined) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      const method = headers[':path']?.split('/').at(-1) ?? '';
      onRequest({ method, message: readMessage(Buffer.concat(chunks)) });
    });
    pass(stream, headers, session(url));
  });
  await new Promise<void>((resolve) => server.listen(0, nodeAddress, resolve));
  return {
    chartArguments: chartArgumentsFor((server.address() as AddressInfo).port),
    passTo: ({ address, port }) => {
      url = `http://${address}:${port}`;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        target?.destroy();
        for (const opened of sessions) opened.destroy();
      }),
  };
}

/** Calls an extension server as Envoy Gateway would; resolves with gRPC's status. */
export function callExtension(port: number, method: string, message: Buffer): Promise<number> {
  const frame = Buffer.alloc(frameBytes);
  frame.writeUInt32BE(message.length, 1);
  const session = connect(`http://127.0.0.1:${port}`);
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    const call = session.request({
      ':method': 'POST',
      ':path': `/envoygateway.extension.EnvoyGatewayExtension/${method}`,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const finish = (headers: IncomingHttpHeaders): void => {
      if (headers['grpc-status'] === undefined) return;
      resolve(Number(headers['grpc-status']));
      session.close();
    };
    call.once('error', reject);
    call.on('response', finish);
    call.on('trailers', finish);
    call.resume();
    call.end(Buffer.concat([frame, message]));
  });
}
