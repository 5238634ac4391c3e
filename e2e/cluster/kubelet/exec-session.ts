import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Container } from './container.ts';
import { acceptWebSocket } from './web-socket.ts';

/** The protocol of `kubectl exec` since Kubernetes 1.30: the first byte of a message names its channel. */
export const execProtocol = 'v5.channel.k8s.io';

/** @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const;

function statusOf(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with exit code ${exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** Runs a command in a container for `kubectl exec`. */
export function runExecSession(request: IncomingMessage, socket: Duplex, container: Container): void {
  const { searchParams } = new URL(request.url ?? '/', 'https://kubelet');
  const webSocket = acceptWebSocket(request, socket, execProtocol);
  const child = container.exec(searchParams.getAll('command'), 'pipe');
  const sendTo = (channel: number) => (bytes: Buffer) => {
    webSocket.send(Buffer.concat([Buffer.from([channel]), bytes]));
  };
  child.stdout?.on('data', sendTo(channels.stdout));
  child.stderr?.on('data', sendTo(channels.stderr));
  child.stdin?.on('error', () => undefined);
  if (!searchParams.has('input')) child.stdin?.end();
  webSocket.onMessage((message) => {
    if (message[0] === channels.stdin) child.stdin?.write(message.subarray(1));
    if (message[0] === channels.close && message[1] === channels.stdin) child.stdin?.end();
  });
  webSocket.onClose(() => child.kill('SIGKILL'));
  child.once('close', (code) => {
    sendTo(channels.error)(Buffer.from(JSON.stringify(statusOf(code ?? 137))));
    webSocket.close();
  });
}
