import type { z } from 'zod';
import { resource } from '../meta.ts';
import { fields, unread } from '../schema-kit.ts';
import { policyTargets } from './policy-targets.ts';
import { ByteQuantity } from './quantity.ts';

/** How clients connect; of it only the buffer limit is read. @see https://gateway.envoyproxy.io/docs/api/extension_types/#clienttrafficpolicy */
export const ClientTrafficPolicy = resource(['gateway.envoyproxy.io/v1alpha1'], 'ClientTrafficPolicy', {
  spec: fields({
    ...policyTargets,
    connection: fields({
      bufferLimit: ByteQuantity.optional(),
      connectionLimit: unread,
      socketBufferLimit: unread,
      maxAcceptPerSocketEvent: unread,
    }).optional(),
    tcpKeepalive: unread,
    enableProxyProtocol: unread,
    proxyProtocol: unread,
    clientIPDetection: unread,
    headers: unread,
    tls: unread,
    path: unread,
    timeout: unread,
    http1: unread,
    http2: unread,
    http3: unread,
    healthCheck: unread,
    scheme: unread,
  }),
});
export type ClientTrafficPolicy = z.infer<typeof ClientTrafficPolicy>;
