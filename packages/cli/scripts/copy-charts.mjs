/** Puts the charts into this package, with its version: `aigw install` takes them from there. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';

const folder = dirname(import.meta.dirname);
const source = join(folder, '..', '..', 'charts');
const target = join(folder, 'charts');
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Images without a tag of their own have the appVersion of their chart. */
function stamp(path) {
  const chart = parseDocument(readFileSync(path, 'utf8'));
  chart.set('version', version);
  chart.set('appVersion', version);
  for (const dependency of chart.get('dependencies')?.items ?? []) dependency.set('version', version);
  writeFileSync(path, chart.toString({ lineWidth: 0 }));
}

rmSync(target, { recursive: true, force: true });
cpSync(source, target, { recursive: true });
for (const name of ['ai-gateway', 'ai-gateway/charts/ai-gateway-crds'])
  stamp(join(target, name, 'Chart.yaml'));
