import { parseEndpointHost } from './endpoint-host.ts';
import { AwsAuthError } from './errors.ts';
import { isRegion } from './region-name.ts';

/** Where a region may be read from; the first that has one wins. */
export interface RegionHints {
  /** The host that is called. A Bedrock host names the only region in which the signature can hold. */
  readonly host?: string | undefined;
  /** The region of the policy. */
  readonly configured?: string | undefined;
  /** A model id or ARN. */
  readonly model?: string | undefined;
}

/**
 * The region to sign for: of a Bedrock host, else of the policy, else of the model's ARN.
 * @throws AwsAuthError `invalid_region` when the policy's region is not one, or when nothing says the region.
 */
export function resolveRegion({ host, configured, model }: RegionHints): string {
  if (configured !== undefined && configured !== '') assertRegion(configured);
  const found = regionOfHost(host) ?? (configured === '' ? undefined : configured) ?? regionOfArn(model);
  if (found !== undefined) return found;
  throw new AwsAuthError(
    'invalid_region',
    'the AWS region is unknown: set `region` in the policy, or use a Bedrock host or a model ARN that names it',
  );
}

/** The region in a Bedrock host name, or `undefined`. */
export function regionOfHost(host: string | undefined): string | undefined {
  return host === undefined ? undefined : parseEndpointHost(host)?.region;
}

/**
 * The region in a Bedrock ARN such as `arn:aws:bedrock:us-east-1:123456789012:inference-profile/x`, or `undefined`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function regionOfArn(arn: string | undefined): string | undefined {
  const region = /^arn:aws[a-z-]*:[a-z-]+:([^:/]+):/.exec(arn ?? '')?.[1];
  return region !== undefined && isRegion(region) ? region : undefined;
}

/** @throws AwsAuthError `invalid_region` for anything that is not a region's name and nothing more. */
export function assertRegion(text: string): void {
  if (isRegion(text)) return;
  throw new AwsAuthError('invalid_region', `${JSON.stringify(text)} is not an AWS region such as us-east-1`);
}
