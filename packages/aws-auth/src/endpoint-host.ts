import { AwsAuthError } from './errors.ts';
import { isRegion } from './region-name.ts';

/** What a Bedrock runtime host name says. */
export interface EndpointHost {
  readonly region: string;
  readonly isFips: boolean;
}

/** The DNS suffix of each partition, by the start of its regions' names; the first that fits counts. */
const partitionSuffixes = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['us-iso-', 'c2s.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['eusc-', 'amazonaws.eu'],
  ['', 'amazonaws.com'],
] as const;

const dualStackSuffixes = [
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'api.aws.ic.gov',
  'api.aws.scloud',
  'api.cloud-aws.adc-e.uk',
  'api.aws.hci.ic.gov',
];

const suffixes = [...partitionSuffixes.map(([, suffix]) => suffix), ...dualStackSuffixes];
const hostPattern = new RegExp(
  `^(?:[a-z0-9-]+\\.)*bedrock-runtime(-fips)?\\.([a-z0-9-]+)\\.(?:vpce\\.)?(?:${suffixes.map(escapeDots).join('|')})$`,
);

/**
 * The region of a Bedrock runtime host: public, FIPS, dual-stack, VPC endpoint, any partition; `undefined` for other hosts.
 * @param host As in a Host header: any letter case, with or without a port or a final dot.
 * @see https://docs.aws.amazon.com/general/latest/gr/bedrock.html
 */
export function parseEndpointHost(host: string): EndpointHost | undefined {
  const match = hostPattern.exec(normalizeHost(host));
  const region = match?.[2];
  if (region === undefined || !isRegion(region)) return undefined;
  return { region, isFips: match?.[1] !== undefined };
}

/**
 * The public Bedrock runtime host of a region.
 * @throws AwsAuthError `invalid_region`, so that no text can lead the request elsewhere.
 */
export function buildEndpointHost(region: string): string {
  return buildPublicHost('bedrock-runtime', region);
}

/**
 * The public STS host of a region.
 * @throws AwsAuthError `invalid_region`, so that no text can lead the request elsewhere.
 * @see https://docs.aws.amazon.com/general/latest/gr/sts.html
 */
export function buildStsHost(region: string): string {
  return buildPublicHost('sts', region);
}

function buildPublicHost(service: string, region: string): string {
  if (!isRegion(region)) {
    throw new AwsAuthError(
      'invalid_region',
      `${JSON.stringify(region)} is not an AWS region such as us-east-1`,
    );
  }
  const suffix = partitionSuffixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
  return `${service}.${region}.${suffix}`;
}

/** True when both name the same host; letter case, a final dot and the port do not matter. */
export function isSameHost(a: string, b: string): boolean {
  return normalizeHost(a) === normalizeHost(b);
}

function normalizeHost(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

function escapeDots(text: string): string {
  return text.replaceAll('.', '\\.');
}
