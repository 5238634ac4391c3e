import type { Server } from '@grpc/grpc-js';

/** Oldest Node whose HTTP/2 server can lift the limit on stream resets. */
export const minimumNode = { major: 22, minor: 22 } as const;

const mebibyte = 1024 * 1024;

/** Bytes that a peer may send ahead of us, for each stream and for each connection. */
export const flowControlWindow = 16 * mebibyte;

/** @see https://nodejs.org/api/http2.html#http2createserveroptions-onrequesthandler */
const http2Options = {
  // Envoy ends every stream with a reset; Node would take more than 33 a second for an attack and drop the connection.
  streamResetBurst: 1_000_000_000,
  streamResetRate: 1_000_000_000,
};

const http2Settings = { initialWindowSize: flowControlWindow, maxFrameSize: mebibyte };

/**
 * Gives a server HTTP/2 options that grpc-js has no channel options for, through a private field. Call before binding.
 * @throws Error when grpc-js has moved the field: without these options connections are lost under load.
 */
export function applyHttp2Options(server: Server): void {
  const options: unknown = Reflect.get(server, 'commonServerOptions');
  if (typeof options !== 'object' || options === null) {
    throw new Error(
      'This version of @grpc/grpc-js hides its HTTP/2 options: the stream reset guard cannot be lifted',
    );
  }
  const settings: unknown = Reflect.get(options, 'settings');
  Object.assign(options, http2Options, {
    settings: { ...(typeof settings === 'object' ? settings : {}), ...http2Settings },
  });
}

/** Why this Node cannot serve Envoy, or undefined when it can. @param version As in `process.versions.node`. */
export function findNodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > minimumNode.major || (major === minimumNode.major && minor >= minimumNode.minor);
  if (isEnough) return undefined;
  const wanted = `${minimumNode.major}.${minimumNode.minor}`;
  return `Node ${wanted} or newer is needed, this is ${version}: older ones drop Envoy's connections under load`;
}
