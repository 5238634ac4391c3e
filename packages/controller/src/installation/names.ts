import type { ControllerFlags } from '../flags.ts';

/** The MutatingWebhookConfiguration that the flags name, or the one of their namespace. */
export function webhookConfigurationOf(
  { webhookConfigurationName }: Pick<ControllerFlags, 'webhookConfigurationName'>,
  namespace: string,
): string {
  if (webhookConfigurationName !== '') return webhookConfigurationName;
  return `envoy-ai-gateway-gateway-pod-mutator.${namespace}`;
}

/** The Secret in Envoy Gateway's namespace that says whom it is to trust where the extension server has TLS. */
export function authoritySecretOf({ serviceName }: Pick<ControllerFlags, 'serviceName'>): string {
  return `${serviceName}-ca`;
}

/** The Secret with the webhook's certificate, in the controller's namespace. */
export function certificateSecretOf({ serviceName }: Pick<ControllerFlags, 'serviceName'>): string {
  return `${serviceName}-webhook-certificate`;
}
