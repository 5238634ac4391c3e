import { z } from 'zod';
import { HTTPHeaderMatch } from '../gateway-api/header-match.ts';
import { Hostname, ParentReference, PortNumber, Group, Kind } from '../gateway-api/references.ts';
import { Namespace, ObjectName, resource } from '../meta.ts';
import { fields, mapList, withCelRules } from '../schema-kit.ts';
import { aiGatewayVersions } from './api-versions.ts';

const Tools = z.array(z.string()).max(32).optional();

const ToolSelector = withCelRules(
  fields({ include: Tools, includeRegex: Tools, exclude: Tools, excludeRegex: Tools }),
  [
    {
      rule: '!(has(self.include) && has(self.includeRegex))',
      message: 'include and includeRegex are mutually exclusive',
      holds: ({ include, includeRegex }) => include === undefined || includeRegex === undefined,
    },
    {
      rule: '!(has(self.exclude) && has(self.excludeRegex))',
      message: 'exclude and excludeRegex are mutually exclusive',
      holds: ({ exclude, excludeRegex }) => exclude === undefined || excludeRegex === undefined,
    },
    {
      rule: 'has(self.include) || has(self.includeRegex) || has(self.exclude) || has(self.excludeRegex)',
      message: 'at least one of include, includeRegex, exclude and excludeRegex must be set',
      holds: (selector) => Object.values(selector).some((tools) => tools !== undefined),
    },
  ],
);

const GatewayParent = withCelRules(ParentReference, [
  {
    rule: "self.kind == 'Gateway'",
    message: 'only Gateway is supported',
    path: ['kind'],
    holds: ({ kind }) => kind === 'Gateway',
  },
]);

const BackendRef = fields({
  group: Group.default(''),
  kind: Kind.default('Service'),
  name: ObjectName,
  namespace: Namespace.optional(),
  port: PortNumber.optional(),
  path: z.string().max(1024).default('/mcp'),
  toolSelector: ToolSelector.optional(),
  securityPolicy: z.looseObject({}).optional(),
  forwardHeaders: mapList(
    fields({ name: z.string().min(1).max(256), backendHeader: z.string().optional() }),
    'name',
    32,
  ).optional(),
});

/** Servers of the Model Context Protocol behind one path. It is read so that its status can say that nothing serves it. */
export const MCPRoute = resource(aiGatewayVersions, 'MCPRoute', {
  spec: fields({
    parentRefs: z.array(GatewayParent).min(1).max(16),
    path: z.string().max(1024).default('/mcp'),
    headers: mapList(HTTPHeaderMatch, 'name', 16).optional(),
    hostnames: z.array(Hostname).max(16).optional(),
    backendRefs: mapList(BackendRef, 'name', 256, 1),
    securityPolicy: z.looseObject({}).optional(),
    backendSelector: z.looseObject({}).optional(),
  }),
});
export type MCPRoute = z.infer<typeof MCPRoute>;
