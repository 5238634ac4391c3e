import { z } from 'zod';
import { fields, unread } from './schema-kit.ts';

/** The name of an object: a lower-case DNS subdomain. */
export const ObjectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    message: 'expected lower-case letters, digits, "-" and "." (a DNS subdomain)',
  });

/** The name of a namespace: a lower-case DNS label. */
export const Namespace = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, { message: 'expected lower-case letters, digits and "-"' });

/** The name of a part of an object, such as a listener or a rule. */
export const SectionName = ObjectName;

const StringMap = z.record(z.string(), z.string());

/**
 * Metadata as the API server serves it; only the name is required of a user.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */
export const ObjectMeta = fields({
  name: ObjectName,
  namespace: Namespace.optional(),
  labels: StringMap.nullish(),
  annotations: StringMap.nullish(),
  creationTimestamp: z.string().nullish(),
  uid: z.string().optional(),
  generation: z.number().optional(),
  generateName: unread,
  resourceVersion: unread,
  selfLink: unread,
  deletionTimestamp: unread,
  deletionGracePeriodSeconds: unread,
  finalizers: unread,
  managedFields: unread,
  ownerReferences: unread,
});
export type ObjectMeta = z.infer<typeof ObjectMeta>;

/** The parts that every resource has; `status` is the controller's and never read. */
export function resource<
  Version extends readonly [string, ...string[]],
  Kind extends string,
  Rest extends z.core.$ZodLooseShape,
>(
  apiVersions: Version,
  kind: Kind,
  rest: Rest,
): z.ZodObject<
  {
    apiVersion: z.ZodEnum<{ [K in Version[number]]: K }>;
    kind: z.ZodLiteral<Kind>;
    metadata: typeof ObjectMeta;
    status: typeof unread;
  } & Rest,
  z.core.$strict
> {
  return fields({
    apiVersion: z.enum(apiVersions),
    kind: z.literal(kind),
    metadata: ObjectMeta,
    status: unread,
    ...rest,
  });
}
