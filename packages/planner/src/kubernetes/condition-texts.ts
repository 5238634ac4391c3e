import type { ConditionReason, ConditionType } from './conditions.ts';

/** What a condition means, for the documentation. */
export const conditionMeanings: Readonly<Record<ConditionType, string>> = {
  Accepted:
    'It contradicts itself nowhere and asks for nothing that this gateway does not do. `False`: `NotAccepted` stands beside it.',
  NotAccepted:
    'Only where `Accepted` is `False`, with the same reason. It is the type that Envoy AI Gateway has.',
  ResolvedRefs:
    'What it refers to exists, may be referred to from its namespace, and is accepted itself. Kinds that are not served lack it.',
  Programmed:
    'It is served: an AIGatewayRoute by Envoy Gateway, the others as part of the configuration of routes or Gateways.',
};

/** What each reason says and what helps, for the documentation. */
export const reasonTexts: Readonly<
  Record<ConditionReason, { readonly meaning: string; readonly help: string }>
> = {
  Accepted: { meaning: 'The resource is valid.', help: 'Nothing. The message may have advice.' },
  ResolvedRefs: { meaning: 'All references resolve.', help: 'Nothing.' },
  Programmed: { meaning: 'It is served.', help: 'Nothing.' },
  Invalid: {
    meaning: 'A field contradicts another one, or has a value that Envoy would refuse.',
    help: 'Correct the field that the message names.',
  },
  Conflicted: {
    meaning: 'Another BackendSecurityPolicy targets the same backend. The backend is not sent to.',
    help: 'Remove one of the two, or its target.',
  },
  Unsupported: {
    meaning:
      'The provider, the type of credentials or the kind is not served; or the Gateway shares its proxies with others.',
    help: 'Use one that is served; for Gateways, turn off `spec.mergeGateways` of the EnvoyProxy of their GatewayClass.',
  },
  BackendNotFound: {
    meaning: 'The AIServiceBackend, the Backend or the Service does not exist.',
    help: 'Create it, or correct its name.',
  },
  SecretNotFound: {
    meaning: 'The Secret does not exist, or has no such key.',
    help: 'Create it, or its key. The message lists the keys that it has, where it is in the namespace of the resource.',
  },
  CertificateNotFound: {
    meaning: 'The ConfigMap or Secret of a BackendTLSPolicy does not exist, or has no key `ca.crt`.',
    help: 'Create it, or its key.',
  },
  RefNotPermitted: {
    meaning: 'It refers to another namespace, and nothing there allows that.',
    help: 'Create the ReferenceGrant that the message describes. Backends need one for HTTPRoutes as well.',
  },
  BackendNotAccepted: {
    meaning: 'Something that it refers to is not accepted itself.',
    help: 'The message says what and why; see the conditions there.',
  },
  NoGateway: {
    meaning: 'No Gateway that it names exists, or none names it.',
    help: 'Create the Gateway, or correct `spec.parentRefs`; for a GatewayConfig, the annotation.',
  },
  NotAllowedByListeners: {
    meaning:
      'A Gateway that it names has no listener that takes it: `sectionName` and `port` of the reference mean none, or `allowedRoutes` of the listener does not let its namespace or HTTPRoutes in. That Gateway learns of none of its models and backends.',
    help: 'Correct `spec.parentRefs`, or `allowedRoutes`: without it a listener takes routes of its own namespace alone.',
  },
  Pending: {
    meaning: 'It is on its way: the configuration is being written, or Envoy Gateway has not taken it yet.',
    help: "Wait some seconds. If it stays, look at Envoy Gateway's log and at the GatewayClass.",
  },
  Refused: {
    meaning:
      "The API server or Envoy Gateway refuses what was made of it, if only one of its rules; an object of that name belongs to somebody else; or the configuration of one of its Gateways cannot be written: that Gateway's proxies keep the last one.",
    help: 'The message says what is refused, mostly in their words: correct what it names.',
  },
  CredentialsNotRenewed: {
    meaning:
      'The controller cannot exchange for credentials, or cannot write them down. Requests are served while the last ones are good, and then with those that the proxies get by themselves.',
    help: 'The message has the answer of the issuer, of STS or of the API server: correct what it names.',
  },
  NotStamped: {
    meaning:
      'What Envoy Gateway made of a rule does not fit the route, and its requests are refused. The message names the Gateway, the rule and why.',
    help: 'Where somebody has changed the generated HTTPRoute it goes by itself. It stays for a rule with several backends of which one is a Service with endpoints of its own: give each a rule, or make it a Backend with a host name.',
  },
};
