import { request } from 'node:http';
import { connect } from 'node:net';
import type { Action, ContainerSpec } from './pod-spec.ts';

type Port = number | string;

function portOf({ ports = [] }: ContainerSpec, port: Port): number {
  if (typeof port === 'number') return port;
  const found = ports.find(({ name }) => name === port);
  if (found === undefined) throw new Error(`no port is named ${port}`);
  return found.containerPort;
}

function isAnswered(host: string, port: number, path: string, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ host, port, path, timeout, agent: false }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 0) < 400);
    });
    sent.once('timeout', () => sent.destroy());
    sent.once('error', () => {
      resolve(false);
    });
    sent.end();
  });
}

function isOpen(host: string, port: number, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout });
    const finish = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => finish(true));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
  });
}

/** How a container is reached. */
export interface ActionContext {
  readonly container: ContainerSpec;
  readonly address: string;
  /** Runs a command beside the container's; resolves with its exit code. */
  readonly run: (command: readonly string[]) => Promise<number>;
}

/** Asks a probe, or calls a hook. A probe that is not there says yes. */
export async function perform(
  action: Action | undefined,
  { container, address, run }: ActionContext,
  timeoutMs: number,
): Promise<boolean> {
  const { httpGet, tcpSocket, exec } = action ?? {};
  if (httpGet !== undefined) {
    return isAnswered(address, portOf(container, httpGet.port), httpGet.path ?? '/', timeoutMs);
  }
  if (tcpSocket !== undefined) return isOpen(address, portOf(container, tcpSocket.port), timeoutMs);
  if (exec !== undefined) return (await run(exec.command)) === 0;
  return true;
}
