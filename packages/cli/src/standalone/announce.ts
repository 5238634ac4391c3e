import type { StandalonePlan } from '@aigw/planner';

const maxNames = 10;

/** The base URL of a listener, with an address that a client on this machine can use. */
export function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** `aigw: listening on …`, the line that says that requests are served from now on; a line more for each further listener. */
export function announceListeners(plan: Pick<StandalonePlan, 'listeners'>, adminUrl: string): string[] {
  const [first = '', ...others] = plan.listeners.map(({ address, port }) => urlOf(address, port));
  return [
    `aigw: listening on ${first} (admin ${adminUrl})`,
    ...others.map((url) => `aigw: also listening on ${url}`),
  ];
}

/** What to try: a curl of the first model for each API, ready to paste, and the names of the other models. */
export function suggestRequests(plan: Pick<StandalonePlan, 'models'>, host: string): string[] {
  const [first, ...rest] = plan.models;
  if (first === undefined) return [];
  const baseUrl = urlOf(host, first.port);
  const curls = (['chat', 'messages'] as const).map((endpoint) => buildCurl(first, endpoint, baseUrl));
  const others = [...new Set(rest.map(({ name }) => name))].filter((name) => name !== first.name);
  return others.length === 0 ? curls : [...curls, `# other models: ${listNames(others)}`];
}

function listNames(names: readonly string[]): string {
  const rest = names.length - maxNames;
  const shown = names.slice(0, maxNames).join(', ');
  return rest > 0 ? `${shown} and ${rest} more: see /v1/models` : shown;
}

function buildCurl(
  model: StandalonePlan['models'][number],
  endpoint: 'chat' | 'messages',
  baseUrl: string,
): string {
  const messages = [{ role: 'user', content: 'What is the capital of France?' }];
  const body =
    endpoint === 'chat' ? { model: model.name, messages } : { model: model.name, max_tokens: 100, messages };
  const headers = [['content-type', 'application/json'], ...model.headers];
  const flags = headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const path = endpoint === 'chat' ? '/v1/chat/completions' : '/v1/messages';
  return `curl -s ${flags.join(' ')} -d ${quote(JSON.stringify(body))} ${baseUrl}${path}`;
}

/** One word for a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
