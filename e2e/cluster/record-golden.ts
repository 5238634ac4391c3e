/**
 * `npm run record-golden -w e2e`: starts a cluster and writes what Envoy Gateway asks of the extension server for the
 * routes of `golden-routes`. Then `UPDATE_GOLDEN=1` with the controller's `golden.test.ts` writes what is made of them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExtensionServer, startExtensionTap } from './extension-tap.ts';
import { applyGoldenRoutes, createTranslationLog, goldenFolder, goldenScenarios } from './golden-requests.ts';
import { startProcessCluster } from './process-cluster.ts';
import { runInNamespaces } from './run-in-namespaces.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function record(): Promise<number> {
  const log = createTranslationLog();
  const tap = await startExtensionTap(log.note);
  const cluster = await startProcessCluster({ envoyGateway: tap.chartArguments });
  try {
    tap.passTo(await findExtensionServer(cluster.server.api));
    for (const { manifest, gateways } of goldenScenarios) {
      await applyGoldenRoutes(cluster.server, manifest);
      for (const gateway of gateways) {
        const bytes = await log.settled(gateway);
        writeFileSync(join(goldenFolder, `${gateway}.req.binpb`), bytes);
        say(`${gateway}: ${bytes.length} bytes`);
      }
    }
    return 0;
  } finally {
    await cluster.stop();
    await tap.stop();
  }
}

mkdirSync(goldenFolder, { recursive: true });
process.exitCode = await runInNamespaces(import.meta.filename, record, { say });
