import type { WarningCollector } from '../warnings.ts';

/**
 * Bedrock's tier for OpenAI's or Anthropic's `service_tier`; undefined where its default says the same.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ServiceTier.html
 */
export function mapServiceTier(tier: string | undefined, warnings: WarningCollector): string | undefined {
  switch (tier) {
    case undefined:
    case 'auto':
      return undefined;
    // Anthropic's word for it.
    case 'standard_only':
      return 'default';
    case 'default':
    case 'flex':
    case 'priority':
    case 'reserved':
      return tier;
    case 'fast':
    case 'scale':
      warnings.change('service_tier', 'sent as priority, the nearest tier');
      return 'priority';
    default:
      warnings.drop('service_tier', 'Bedrock has no such tier');
      return undefined;
  }
}
