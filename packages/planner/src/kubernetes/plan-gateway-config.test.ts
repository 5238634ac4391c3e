import { clusterOfYaml, get, planRouteOf, stampOf } from '../__fixtures__/cluster.ts';
import { checkCel } from '../__fixtures__/plan-yaml.ts';
import { backendYaml, keyYaml, routeYaml } from '../__fixtures__/resources.ts';
import { planGatewayConfigConditions } from './plan-gateway-config.ts';

const claude =
  backendYaml('claude', 'Anthropic', 'api.anthropic.com') +
  keyYaml('claude', 'claude', 'AnthropicAPIKey', 'sk-test');

describe('a forward proxy of a Gateway', () => {
  const gateway = (name: string, address: string): string => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: ${name}, annotations: {aigateway.envoyproxy.io/gateway-config: ${name}}}
spec: {gatewayClassName: eg, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: GatewayConfig
metadata: {name: ${name}}
spec: {forwardProxy: {address: "${address}"}}
`;
  const both = routeYaml('[{backendRefs: [{name: claude}]}]').replace(
    '{name: gw}',
    '{name: gw}, {name: other}',
  );

  test('is stamped by Gateway', () => {
    const plan = planRouteOf(both + gateway('gw', '10.0.0.5:3128') + gateway('third', '10.0.0.6:1') + claude);
    expect(stampOf(plan).forwardProxies).toEqual({ 'default/gw': { address: '10.0.0.5', port: 3128 } });
  });

  test('that Envoy would refuse is said on its GatewayConfig, and lets nothing out', () => {
    const yaml = both + gateway('gw', 'proxy.example.com:3128') + claude;
    expect(stampOf(planRouteOf(yaml)).forwardProxies).toEqual({ 'default/gw': null });
    const used = { type: 'Programmed', status: 'True', reason: 'Programmed', message: '' } as const;
    const config = get(clusterOfYaml(yaml), 'GatewayConfig', 'gw');
    expect(planGatewayConfigConditions({ checkCel }, config, used)).toContainEqual({
      type: 'Accepted',
      status: 'False',
      reason: 'Invalid',
      message: expect.stringMatching(/^spec\.forwardProxy\.address: expected the IP address/) as string,
    });
  });
});
