import type { JsonObject } from '../json.ts';
import type { EndpointTls } from '../resolve/endpoint.ts';
import { typed } from './names.ts';

function validation({ names, trust }: EndpointTls, systemCaPath: string): JsonObject | undefined {
  if (trust.kind === 'none') return undefined;
  return {
    trusted_ca: trust.kind === 'system' ? { filename: systemCaPath } : { inline_string: trust.pem },
    match_typed_subject_alt_names: names.map(({ type, value }) => ({
      san_type: type,
      matcher: { exact: value },
    })),
  };
}

/** The client side of TLS to one server: its name is asked for and checked, HTTP/1.1 is spoken. */
export function upstreamTls(tls: EndpointTls, systemCaPath: string): JsonObject {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      sni: tls.sni,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        alpn_protocols: ['http/1.1'],
        validation_context: validation(tls, systemCaPath),
      },
    }),
  };
}
