/** Where a run would put its files and sockets, for planning without one: nothing is written or listened on. */
export const nominalPaths = {
  extprocSocket: '/run/aigw/extproc.sock',
  envoyAdminSocket: '/run/aigw/envoy-admin.sock',
  configDir: '/run/aigw',
  systemCaPath: '/run/aigw/system-ca.pem',
} as const;
