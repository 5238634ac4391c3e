import type { ResolvedRule } from '../resolve/resolved-route.ts';
import { modelHeader } from '../resolve/resolve-route.ts';
import type { PortPlan } from './plan-listeners.ts';
import type { PlannedModel } from './standalone-plan.ts';

function ruleModels(rule: ResolvedRule, host: string, port: number): PlannedModel[] {
  return rule.matches.flatMap(({ headers = [] }) => {
    const model = headers.find(({ name }) => name.toLowerCase() === modelHeader);
    const others = headers.filter((header) => header !== model);
    if (model?.type !== 'Exact' || others.some(({ type }) => type !== 'Exact')) return [];
    const named = others.map(({ name, value }): readonly [string, string] => [name.toLowerCase(), value]);
    return [
      {
        name: model.value,
        headers: host === '*' ? named : [['host', host] as const, ...named],
        port,
      },
    ];
  });
}

/** The models that clients can name, each once per port. */
export function planModels(ports: readonly PortPlan[]): PlannedModel[] {
  const models = ports.flatMap(({ port, virtualHosts }) =>
    virtualHosts.flatMap(({ domain, routes }) =>
      routes.flatMap(({ rules }) =>
        rules.filter(({ backends }) => backends.length > 0).flatMap((rule) => ruleModels(rule, domain, port)),
      ),
    ),
  );
  return [
    ...new Map([...models].reverse().map((model) => [`${model.port} ${model.name}`, model])).values(),
  ].reverse();
}
