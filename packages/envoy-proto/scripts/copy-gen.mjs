/** Puts the generated code beside the compiled facade: tsc does not copy JavaScript. */
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';

const folder = dirname(import.meta.dirname);
cpSync(join(folder, 'src', 'gen'), join(folder, 'dist', 'gen'), { recursive: true });
