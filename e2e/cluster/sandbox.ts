import { existsSync } from 'node:fs';

/** What a program sees of this machine; everything else of the file system is empty. */
export interface Sandbox {
  /** Files and folders by the path inside. */
  readonly binds: Readonly<Record<string, { readonly source: string; readonly writable?: boolean }>>;
  readonly hostname: string;
  /** The user and group that it runs as. */
  readonly userId?: number;
  /** Nothing but what is bound writable can be written to. */
  readonly readOnlyRoot?: boolean;
}

/** Programs need their libraries, and names of users. */
const system = ['/usr', '/etc/ssl', '/etc/nsswitch.conf', '/etc/localtime'];
const links = { '/bin': 'usr/bin', '/sbin': 'usr/sbin', '/lib': 'usr/lib', '/lib64': 'usr/lib64' };

/** The arguments of `bwrap` up to the command: the network is the caller's, the files are the sandbox's. */
export function sandboxArguments({ binds, hostname, userId, readOnlyRoot = false }: Sandbox): string[] {
  const bound = Object.entries(binds).flatMap(([path, { source, writable = false }]) => [
    writable ? '--bind' : '--ro-bind',
    source,
    path,
  ]);
  return [
    ...['--tmpfs', '/'],
    ...system.filter((path) => existsSync(path)).flatMap((path) => ['--ro-bind', path, path]),
    ...Object.entries(links).flatMap(([path, target]) => ['--symlink', target, path]),
    ...['--dev', '/dev', '--proc', '/proc', readOnlyRoot ? '--dir' : '--tmpfs', '/tmp'],
    ...bound,
    ...(userId === undefined ? [] : ['--unshare-user', '--uid', String(userId), '--gid', String(userId)]),
    ...(readOnlyRoot ? ['--remount-ro', '/'] : []),
    ...[
      '--chdir',
      '/',
      '--unshare-uts',
      '--hostname',
      hostname,
      '--unshare-pid',
      '--as-pid-1',
      '--die-with-parent',
      '--',
    ],
  ];
}
