import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const read = (path) => readFileSync(join(root, path), 'utf8');

/** The stages of the Dockerfile, each with its instructions; comments and continued lines are out of the way. */
const stages = read('images/Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split(/^(?=FROM )/m)
  .filter((text) => text.startsWith('FROM '))
  .map((text) => {
    const [from, ...lines] = text.trim().split('\n');
    const [, platform, base, name] = /^FROM (?:--platform=(\S+) )?(\S+) AS (\S+)$/.exec(from);
    return { platform, base, name, lines: lines.filter((line) => line.trim() !== '') };
  });
const shipped = stages.filter(({ platform }) => platform === undefined);
const values = parse(read('charts/ai-gateway/values.yaml'));

test('every step runs on the builder itself: images for other processors need no emulation', () => {
  assert.deepEqual(
    shipped.map(({ name }) => name),
    ['controller', 'extproc'],
  );
  for (const { name, lines } of shipped) {
    const steps = lines.filter((line) => !/^(COPY --from=build|USER|EXPOSE|ENTRYPOINT) /.test(line));
    assert.deepEqual(steps, [], name);
  }
  for (const { platform } of stages.slice(0, -shipped.length)) assert.match(platform, /BUILDPLATFORM/);
});

test('the images have the user, the ports and the names that the chart gives them', () => {
  const { template } = parse(
    read('e2e/cluster/golden/chart-defaults.yaml')
      .split(/^---$/m)
      .find((text) => /^kind: Deployment$/m.test(text)),
  ).spec;
  for (const { name, lines } of shipped) {
    const { runAsUser, runAsGroup } = template.spec.securityContext;
    assert.ok(lines.includes(`USER ${runAsUser}:${runAsGroup}`), name);
  }
  const { controller, extProc } = values;
  const [forController, forExtproc] = shipped.map(({ lines }) => lines);
  const { extension, webhook, admin } = controller.ports;
  assert.ok(forController.includes(`EXPOSE ${extension} ${webhook} ${admin}`));
  assert.ok(forExtproc.includes(`EXPOSE ${extProc.adminPort}`));
  assert.match(controller.image.repository, /\/ai-gateway-controller$/);
  assert.match(extProc.image.repository, /\/ai-gateway-extproc$/);
});

test('the page says how to build each image by the name of the chart', () => {
  const page = read('images/README.md');
  for (const { name } of shipped) {
    assert.ok(page.includes(`--target ${name} `), name);
    assert.ok(page.includes(`/ai-gateway-${name}:`), name);
  }
});
