import { clusterFlagsHelp } from '../cluster/cluster-options.ts';
import { parseFlags } from '../command.ts';
import { readRunOptions, runFlags, type RunOptions } from '../standalone/run-options.ts';
import { parseTimeout } from './parse-timeout.ts';

/** The flags of `aigw doctor`: those of `aigw run`, and its own. */
export interface DoctorOptions {
  readonly run: RunOptions;
  readonly isJson: boolean;
  /** What to ask backends for whose rules name no model. */
  readonly model?: string;
  /** How long one check may take. */
  readonly timeoutMs: number;
}

/** Reads the flags of `aigw doctor`. @throws CliError `usage` */
export function parseDoctorOptions(args: readonly string[]): DoctorOptions {
  const { values, positionals } = parseFlags('doctor', args, {
    ...runFlags,
    json: { type: 'boolean', default: false },
    model: { type: 'string' },
    timeout: { type: 'string', default: '10' },
  });
  return {
    run: readRunOptions(values, positionals),
    isJson: values.json,
    timeoutMs: parseTimeout(values.timeout),
    ...(values.model !== undefined && { model: values.model }),
  };
}

/** The text of `aigw doctor --help`. */
export const doctorHelp = [
  'Usage: aigw doctor [FILE|FOLDER|-]... [options]',
  '       aigw doctor --kube [options]',
  '',
  'Checks whether `aigw run` with the same arguments would work, and says what to do where it would not: Node, Envoy, the',
  'resources, ports, regions, credentials (whose they are, and until when), servers, the clock, and every model by one tiny',
  'request, which costs a token or two. Starts and changes nothing, and prints no secret.',
  'Exit status 0: nothing failed (there may be warnings); 1: something failed; 2: the command line is wrong.',
  '',
  '  --json             one JSON object: { version, status, checks: [{ check, subject, status, message, fix }] }',
  '  --model MODEL      what to ask backends for whose rules name no model',
  '  --timeout SECONDS  how long one check may take (10)',
  '  --mock             check against a built-in mock of the providers',
  '',
  'The other flags are those of aigw run: --port, --admin-port, --host, --envoy.',
  '',
  'With --kube it looks at a cluster instead, and only reads: the API server, the resource definitions, Envoy Gateway and how it',
  'is configured, the controller, its lease, its webhook and certificate, each Gateway with AI routes with its proxies and their',
  'configuration and credentials, every resource that is not served, and what another controller has left.',
  '',
  ...clusterFlagsHelp,
  '  --json, --timeout SECONDS  as above; the time is for each request',
].join('\n');
