import { mockCredentials } from '@aigw/mock-providers';
import { post } from './clients/http.ts';
import { expectStatus } from './expect-error.ts';
import { assumeRoleBackend } from './fixtures/aws-backends.ts';
import { type AwsGateway, bodyFor, dialects, startAwsGateway } from './fixtures/aws-gateway.ts';

const minute = 60_000;

describe.each([
  ['behind', 20 * minute],
  ['ahead of', -20 * minute],
])("a machine whose clock is 20 minutes %s AWS's", (_, offsetMs) => {
  let running: AwsGateway;
  beforeAll(async () => {
    running = await startAwsGateway({
      mock: { now: () => new Date(Date.now() + offsetMs) },
      backends: ({ port }) => [
        { name: 'static', schema: { name: 'AWSBedrock' }, port, aws: mockCredentials.aws },
        assumeRoleBackend('assumed', port),
      ],
    });
  }, 300_000);
  afterAll(() => running.stop());

  test.each(['static', 'assumed'])(
    'is served with %s credentials, in one attempt once it knows',
    async (backend) => {
      const { gateway, mock } = running;
      for (const [path] of dialects) expectStatus(await post(gateway.url + path, bodyFor(backend)), 200);
      mock.clear();
      for (const [path] of dialects) {
        for (const stream of [false, true]) {
          expectStatus(await post(gateway.url + path, bodyFor(backend, { stream })), 200);
        }
      }
      const statuses = mock.requests().map(({ provider, status }) => `${provider} ${status}`);
      expect(statuses).toEqual(Array.from({ length: 4 }, () => 'bedrock 200'));
    },
  );
});
