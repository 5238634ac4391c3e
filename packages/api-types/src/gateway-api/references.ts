import { z } from 'zod';
import { Namespace, ObjectName, SectionName } from '../meta.ts';
import { fields } from '../schema-kit.ts';

/** The group of Gateway API's own kinds. */
export const gatewayGroup = 'gateway.networking.k8s.io';

/** An API group; empty for the core one. */
export const Group = z
  .string()
  .max(253)
  .regex(/^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    message: 'expected an API group such as "gateway.envoyproxy.io", or ""',
  });

/** The kind of a resource. */
export const Kind = z
  .string()
  .max(63)
  .regex(/^$|^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/, { message: 'expected a kind such as "Backend"' });

export const PortNumber = z.int().min(1).max(65535);

/** A host name, `*.` allowed in front; never an address. */
export const Hostname = z
  .string()
  .min(1)
  .max(253)
  .regex(/^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    message: 'expected a lower-case host name',
  });

/** A host name without wildcard. */
export const PreciseHostname = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    message: 'expected a lower-case host name without wildcard',
  });

/** A length of time: up to four numbers of up to five digits, each with h, m, s or ms. @see https://gateway-api.sigs.k8s.io/geps/gep-2257/ */
export const Duration = z
  .string()
  .regex(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/, { message: 'expected a duration such as "30s" or "1m30s"' });

const millisecondsPer: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a valid duration. */
export function durationMs(duration: string): number {
  let total = 0;
  for (const [, digits, unit] of duration.matchAll(/([0-9]+)(ms|h|m|s)/g)) {
    total += Number(digits) * (millisecondsPer[unit ?? ''] ?? 0);
  }
  return total;
}

/** What a route attaches to. */
export const ParentReference = fields({
  group: Group.default(gatewayGroup).describe('API group of the parent.'),
  kind: Kind.default('Gateway').describe('Kind of the parent.'),
  namespace: Namespace.optional().describe(
    "Namespace of the parent; the route's own if not given. The listener's `allowedRoutes` must let the route in.",
  ),
  name: ObjectName.describe('Name of the parent.'),
  sectionName: SectionName.optional().describe('The one listener to attach to; all if not given.'),
  port: PortNumber.optional().describe('The port of the listeners to attach to; any if not given.'),
}).meta({ title: 'ParentReference' });
export type ParentReference = z.infer<typeof ParentReference>;

/** What a policy applies to, in its own namespace. */
export const PolicyTargetReference = fields({
  group: Group.describe('API group of the target.'),
  kind: Kind.describe('Kind of the target.'),
  name: ObjectName.describe("Name of the target, in the policy's namespace."),
  sectionName: SectionName.optional().describe(
    'A part of the target. Our policies apply to the whole whatever it says.',
  ),
});
export type PolicyTargetReference = z.infer<typeof PolicyTargetReference>;

/** An object that is read, such as a Secret or a ConfigMap. */
export const ObjectReference = fields({
  group: Group.optional(),
  kind: Kind.optional(),
  name: ObjectName,
  namespace: Namespace.optional(),
});
export type ObjectReference = z.infer<typeof ObjectReference>;
