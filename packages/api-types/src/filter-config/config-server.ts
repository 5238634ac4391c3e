/** What proxies and the controller have agreed on for changes of the filter config (docs/adr/0018). */
export const configServer = {
  /** Answers GET with the configuration; `If-None-Match` names digests of what is known, `Prefer: wait=N` how long to wait. */
  path: '/filter-config',
  /** The header with the revision of a configuration, in both directions. */
  revisionHeader: 'aigw-config-revision',
  /** Of the proxy's folder: the authority by which the controller is trusted, and the token by which it knows the proxy. */
  authorityFile: 'ca.crt',
  tokenFile: 'token',
} as const;
