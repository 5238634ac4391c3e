import { z } from 'zod';
import { HTTPHeaderMatch } from '../gateway-api/header-match.ts';
import { Hostname, ParentReference, PortNumber, Group, Kind } from '../gateway-api/references.ts';
import { Namespace, ObjectName, resource } from '../meta.ts';
import { fields, mapList, unserved, withCelRules } from '../schema-kit.ts';
import { aiGatewayVersions } from './api-versions.ts';

const Tools = z.array(z.string()).max(32).optional();

const ToolSelector = withCelRules(
  fields({
    include: Tools.describe(unserved('Names of tools that clients see.')),
    includeRegex: Tools.describe(unserved('Expressions for names of tools that clients see.')),
    exclude: Tools.describe(unserved('Names of tools that clients do not see.')),
    excludeRegex: Tools.describe(unserved('Expressions for names of tools that clients do not see.')),
  }).meta({ title: 'MCPToolFilter' }),
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

const ForwardHeader = fields({
  name: z.string().min(1).max(256).describe(unserved('Name of the header of the client.')),
  backendHeader: z.string().optional().describe(unserved('Its name at the server; the same if not given.')),
}).meta({ title: 'MCPForwardHeader' });

const BackendRef = fields({
  group: Group.default('').describe(unserved('API group of the server.')),
  kind: Kind.default('Service').describe(unserved('Kind of the server.')),
  name: ObjectName.describe(unserved('Name of the server.')),
  namespace: Namespace.optional().describe(
    unserved("Namespace of the server; the route's own if not given."),
  ),
  port: PortNumber.optional().describe(unserved('Port of the server.')),
  path: z.string().max(1024).default('/mcp').describe(unserved('Path of the server.')),
  toolSelector: ToolSelector.optional().describe(
    unserved('Which of its tools clients see; all if not given.'),
  ),
  securityPolicy: z.looseObject({}).optional().describe(unserved('How requests to it are authenticated.')),
  forwardHeaders: mapList(ForwardHeader, 'name', 32)
    .optional()
    .describe(unserved('Headers of clients that it gets.')),
}).meta({ title: 'MCPRouteBackendRef' });

/** Servers of the Model Context Protocol behind one path. It is read so that its status can say that nothing serves it. */
export const MCPRoute = resource(aiGatewayVersions, 'MCPRoute', {
  spec: fields({
    parentRefs: z.array(GatewayParent).min(1).max(16).describe(unserved('The Gateways of the route.')),
    path: z.string().max(1024).default('/mcp').describe(unserved('The path that clients ask for.')),
    headers: mapList(HTTPHeaderMatch, 'name', 16).optional().describe(unserved('Conditions on headers.')),
    hostnames: z.array(Hostname).max(16).optional().describe(unserved('Host names of the route.')),
    backendRefs: mapList(BackendRef, 'name', 256, 1).describe(unserved('The servers behind the path.')),
    securityPolicy: z.looseObject({}).optional().describe(unserved('How clients are authenticated.')),
    backendSelector: z.looseObject({}).optional().describe(unserved('Which clients see which servers.')),
  }).meta({
    title: 'MCPRouteSpec',
    description: unserved('Servers of the Model Context Protocol behind one path.'),
  }),
});
export type MCPRoute = z.infer<typeof MCPRoute>;
