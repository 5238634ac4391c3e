import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { flowControlWindow } from './server-options.ts';

/** The connections of a server. */
export interface Http2Sessions {
  /** Breaks every connection. grpc-js's own `forceShutdown` leaves them open when channelz is off. */
  destroy(): void;
}

/**
 * Follows the connections of a server and raises their flow-control window, which grpc-js leaves at 64 KiB. Call after binding.
 * @throws Error when grpc-js has moved the private field that holds its HTTP/2 servers.
 */
export function followSessions(server: Server): Http2Sessions {
  const servers: unknown = Reflect.get(server, 'http2Servers');
  if (!(servers instanceof Map) || servers.size === 0) {
    throw new Error(
      'This version of @grpc/grpc-js hides its HTTP/2 servers: flow-control windows cannot be raised',
    );
  }
  const sessions = new Set<ServerHttp2Session>();
  const follow = (session: ServerHttp2Session): void => {
    session.setLocalWindowSize(flowControlWindow);
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  };
  for (const http2Server of servers.keys()) {
    if (isHttp2Server(http2Server)) http2Server.on('session', follow);
  }
  return {
    destroy() {
      for (const session of sessions) session.destroy();
    },
  };
}

function isHttp2Server(value: unknown): value is Http2Server {
  return typeof value === 'object' && value !== null && 'on' in value;
}
