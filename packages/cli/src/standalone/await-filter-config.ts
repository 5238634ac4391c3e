import { requestUnix } from '../admin/unix-http.ts';
import { pollUntil } from './poll-until.ts';

const options = { timeoutMs: 1_000, intervalMs: 5 };

/** Waits until extproc's metrics name the configuration that was written, or a second has passed. */
export async function awaitFilterConfig(extprocAdminSocket: string, uuid: string): Promise<void> {
  await pollUntil(async () => {
    const { body } = await requestUnix(extprocAdminSocket, '/metrics', { timeoutMs: options.timeoutMs });
    return body.includes(`"${uuid}"`);
  }, options);
}
