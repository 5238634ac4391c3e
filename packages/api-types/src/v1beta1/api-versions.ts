/** The group of the gateway's own kinds. */
export const aiGatewayGroup = 'aigateway.envoyproxy.io';

/** Versions whose schema is the same; what differs has its own file in `v1alpha1`. */
export const aiGatewayVersions = [
  'aigateway.envoyproxy.io/v1beta1',
  'aigateway.envoyproxy.io/v1alpha1',
] as const;
