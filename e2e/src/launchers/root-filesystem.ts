import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Copies a program and the shared libraries that it is linked with.
 * @param place - where it stands in the file system below `rootFolder`, such as `/usr/bin/node`
 */
export function copyProgram(binary: string, rootFolder: string, place: string): void {
  const target = join(rootFolder, place);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(binary, target);
  chmodSync(target, 0o755);
  const libraries = execFileSync('ldd', [binary], { encoding: 'utf8' }).match(/\/[^\s()]+/g) ?? [];
  for (const library of libraries) {
    mkdirSync(join(rootFolder, dirname(library)), { recursive: true });
    copyFileSync(library, join(rootFolder, library));
  }
}

/**
 * Makes an image of one layer, without any registry.
 * @param instructions - lines of a Dockerfile, such as `USER 1000`
 */
export async function importImage(
  rootFolder: string,
  tag: string,
  instructions: readonly string[],
): Promise<void> {
  const owner = ['--owner=0', '--group=0'];
  const tar = spawn('tar', ['-C', rootFolder, ...owner, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const changes = instructions.flatMap((instruction) => ['--change', instruction]);
  const docker = spawn('docker', ['import', ...changes, '-', tag], {
    stdio: [tar.stdout, 'ignore', 'inherit'],
  });
  const [code] = (await once(docker, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`docker import ended with ${code ?? 'a signal'}`);
}
