import type { WarningCollector } from '../../warnings.ts';

/**
 * The value of `X-Amzn-Bedrock-Service-Tier` for OpenAI's or Anthropic's `service_tier`;
 * undefined where Bedrock's default says the same.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
export function mapServiceTier(tier: string | undefined, warnings: WarningCollector): string | undefined {
  switch (tier) {
    case undefined:
    case 'auto':
      return undefined;
    case 'standard_only':
      return 'default';
    case 'default':
    case 'flex':
    case 'priority':
    case 'reserved':
      return tier;
    default:
      warnings.drop('service_tier', `${tier} is no service tier of Bedrock`);
      return undefined;
  }
}
