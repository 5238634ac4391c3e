const digestLength = 8;
const digestSuffix = /\/to\/[0-9a-f]{8}$/;

/** The identity of a backend reference that leads where the digest says: another server is another backend. */
export function identifyBackend(label: string, digest: string): string {
  return `${label}/to/${digest.slice(0, digestLength)}`;
}

/** An identity as users read it, in metrics, logs and costs: without where it leads. */
export function backendLabel(identity: string): string {
  return identity.replace(digestSuffix, '');
}
