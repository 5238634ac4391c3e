import type { Finding } from '../doctor/finding.ts';
import { type EnvoyGatewayNeeds, readEnvoyGatewayNeeds } from '../install/charts.ts';
import { type ControllerFacts, gatherController, judgeController } from './check-controller.ts';
import {
  type DefinitionFacts,
  gatherDefinitions,
  gatherServed,
  judgeDefinition,
  judgeServed,
  type ServedFacts,
} from './check-definitions.ts';
import { type EnvoyGatewayFacts, gatherEnvoyGateway, judgeEnvoyGateway } from './check-envoy-gateway.ts';
import { judgeExtension } from './check-extension.ts';
import { judgeGateways } from './check-gateways.ts';
import { gatherLeftovers, judgeLeftovers, type LeftoverFacts } from './check-leftovers.ts';
import { gatherResources, judgeResources, type ResourceFacts } from './check-resources.ts';
import { gatherWebhook, judgeWebhook, type WebhookFacts } from './check-webhook.ts';
import type { ClusterReader } from './cluster-reader.ts';
import type { Fact } from './fact.ts';
import { type GatewayFacts, gatherGateways } from './gather-gateways.ts';
import { gatherInstallation, type Installation } from './installation.ts';

/** Where the parts of an installation are looked for. */
export interface ClusterPlaces {
  readonly namespace: string;
  readonly envoyGatewayNamespace: string;
}

/** Everything that was read of a cluster, at one time. */
export interface ClusterFacts {
  readonly definitions: readonly DefinitionFacts[];
  readonly served: readonly ServedFacts[];
  readonly envoyGateway: EnvoyGatewayFacts;
  /** What Envoy Gateway has to be configured with, by our chart and the controller's address. */
  readonly needs: EnvoyGatewayNeeds;
  readonly installation: Installation;
  readonly controller: ControllerFacts;
  readonly webhook: WebhookFacts;
  readonly gateways: Fact<readonly GatewayFacts[]>;
  readonly resources: ResourceFacts;
  readonly leftovers: LeftoverFacts;
}

/** Reads everything first: what is judged belongs together. */
export async function gatherCluster(
  reader: ClusterReader,
  { namespace, envoyGatewayNamespace }: ClusterPlaces,
  now: number,
): Promise<ClusterFacts> {
  const [installation, resources] = await Promise.all([
    gatherInstallation(reader, namespace),
    gatherResources(reader),
  ]);
  const routes = resources.AIGatewayRoute;
  const [definitions, served, envoyGateway, controller, webhook, gateways, leftovers, needs] =
    await Promise.all([
      gatherDefinitions(reader),
      gatherServed(reader),
      gatherEnvoyGateway(reader, envoyGatewayNamespace),
      gatherController(reader, installation),
      gatherWebhook(reader, installation),
      gatherGateways(reader, { installation, envoyGatewayNamespace, routes }),
      gatherLeftovers(reader, installation, envoyGatewayNamespace),
      readEnvoyGatewayNeeds(installation.extension),
    ]);
  return {
    definitions,
    served,
    envoyGateway,
    needs,
    installation,
    controller: { ...controller, envoyGatewayNamespace, now },
    webhook: { ...webhook, now },
    gateways,
    resources,
    leftovers,
  };
}

/** The findings, in the order of the report: from what everything rests on to what rests on it. */
export function judgeCluster(facts: ClusterFacts): Finding[] {
  const { definitions, served, envoyGateway, needs, installation, resources } = facts;
  return [
    ...definitions.map(judgeDefinition),
    ...served.map(judgeServed),
    judgeEnvoyGateway(envoyGateway),
    ...judgeExtension(envoyGateway.config, needs, installation.extension),
    ...judgeController(facts.controller),
    ...judgeWebhook(facts.webhook),
    ...judgeGateways(facts.gateways, resources.AIGatewayRoute),
    ...judgeResources(resources),
    ...judgeLeftovers(facts.leftovers),
  ];
}
