/** How a server's certificate is checked. */
export interface EndpointTls {
  /** The name that is asked for (SNI). */
  readonly sni: string;
  /** Any of these must be in the certificate. */
  readonly names: readonly { readonly type: 'DNS' | 'URI'; readonly value: string }[];
  /** The system's authorities, the ones in PEM text, or no check at all. */
  readonly trust:
    { readonly kind: 'system' } | { readonly kind: 'pem'; readonly pem: string } | { readonly kind: 'none' };
}

/** One address of a server. */
export interface Endpoint {
  readonly address:
    | { readonly kind: 'dns' | 'ip'; readonly address: string; readonly port: number }
    | { readonly kind: 'unix'; readonly path: string };
  /** The `host` header of requests to it: with its port, unless that is the scheme's own. */
  readonly host: string;
  /** Its DNS name, where it has one. */
  readonly hostname?: string;
  readonly tls?: EndpointTls;
}

/** A name or an IP address with its port, as metadata and configurations have it. */
export function networkAddress(address: string, port: number): string {
  return `${address}:${port}`;
}

/** Where an endpoint leads, in one text. */
export function addressText({ address }: Endpoint): string {
  return address.kind === 'unix' ? address.path : networkAddress(address.address, address.port);
}

/** Where a server is and what it is called there. */
export interface NetworkAddress {
  readonly kind: 'dns' | 'ip';
  readonly address: string;
  readonly port: number;
  /** Its name in requests; by default its DNS name, the name in its certificate, or its address, in this order. */
  readonly hostname?: string | undefined;
}

/** An `Endpoint` for a name or an address. */
export function networkEndpoint(where: NetworkAddress, tls: EndpointTls | undefined): Endpoint {
  const { kind, address, port } = where;
  const hostname = where.hostname ?? (kind === 'dns' ? address : tls?.sni);
  const name = hostname ?? (address.includes(':') ? `[${address}]` : address);
  const isDefaultPort = port === (tls === undefined ? 80 : 443);
  return {
    address: { kind, address, port },
    host: isDefaultPort ? name : `${name}:${port}`,
    ...(hostname !== undefined && { hostname }),
    ...(tls !== undefined && { tls }),
  };
}
