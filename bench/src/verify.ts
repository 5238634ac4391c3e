import { createHash, createHmac } from 'node:crypto';
import { credentials } from './gateway-resources.ts';
import {
  buildPrompt,
  buildBody,
  bedrockOperation,
  eventsPerStream,
  gatewayPath,
  isStream,
  model,
  type Workload,
} from './workloads.ts';

/** What the mock saw last. */
interface SeenRequest {
  readonly head: string;
  readonly body: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function parseHeaders(head: string): Map<string, string> {
  const lines = head.split('\r\n').slice(1);
  return new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
}

/** Recomputes the signature from what arrived. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function findSignatureProblem({ head, body }: SeenRequest): string | undefined {
  const headers = parseHeaders(head);
  const authorization = headers.get('authorization') ?? '';
  const [, day = '', names = '', signature] =
    /Credential=[^/]+\/(\d+)\/[^,]+, ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(authorization) ?? [];
  const path = (head.split(' ', 2)[1] ?? '').split('/').map(encodeURIComponent).join('/');
  const signed = names.split(';').map((name) => `${name}:${headers.get(name) ?? ''}\n`);
  const canonical = ['POST', path, '', signed.join(''), names, sha256(body)].join('\n');
  const scope = `${day}/${credentials.region}/bedrock/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers.get('x-amz-date') ?? '', scope, sha256(canonical)].join('\n');
  const key = [day, credentials.region, 'bedrock', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.secretAccessKey}`,
  );
  return hmac(key, text).toString('hex') === signature
    ? undefined
    : `the signature is wrong (${authorization.slice(0, 60)}…)`;
}

function findRequestProblem(workload: Workload, seen: SeenRequest): string | undefined {
  const path = decodeURIComponent(seen.head.split(' ', 2)[1] ?? '');
  const wanted = `/model/${model}/${bedrockOperation(workload)}`;
  if (path !== wanted) return `the provider was asked for ${path}, not ${wanted}`;
  const body = JSON.parse(seen.body) as {
    inferenceConfig?: { maxTokens?: number };
    max_tokens?: number;
    system?: unknown;
  };
  if (!seen.body.includes(JSON.stringify(buildPrompt(workload.promptBytes))))
    return 'the prompt changed on its way';
  if (!JSON.stringify(body.system ?? '').includes('You are terse.')) return 'the system prompt is missing';
  if ((body.inferenceConfig?.maxTokens ?? body.max_tokens) !== 100) return 'max_tokens is missing';
  return findSignatureProblem(seen);
}

function findAnswerProblem(workload: Workload, answer: string): string | undefined {
  const usage = workload.api === 'chat' ? /"total_tokens":\s*125/ : /"output_tokens":\s*100/;
  if (!usage.test(answer)) return `the usage is missing: ${answer.slice(-300)}`;
  if (!isStream(workload))
    return answer.includes('All work and no play')
      ? undefined
      : `the text is missing: ${answer.slice(0, 300)}`;
  const events = answer.match(/t=\d{16}/g)?.length ?? 0;
  if (events !== eventsPerStream) return `${events} of ${eventsPerStream} events arrived`;
  return answer.trimEnd().endsWith('data: [DONE]') ? undefined : 'the stream has no end';
}

/** Sends the workload's request once and says what is wrong with what the provider and the client got. */
export async function findProblem(
  workload: Workload,
  gatewayUrl: string,
  mockUrl: string,
): Promise<string | undefined> {
  const response = await fetch(gatewayUrl + gatewayPath(workload), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: buildBody(workload),
    signal: AbortSignal.timeout(30_000),
  });
  const answer = await response.text();
  if (response.status !== 200) return `status ${response.status}: ${answer.slice(0, 500)}`;
  const seen = (await (await fetch(`${mockUrl}/__last`)).json()) as SeenRequest;
  return findRequestProblem(workload, seen) ?? findAnswerProblem(workload, answer);
}
