import { type FlagSpec, optionalTextFlag } from '@aigw/service-runtime';

const pairsIn = (text: string): string[][] =>
  text
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => pair.split(':').map((part) => part.trim()));

/** Text that is handed on as it is, once it is seen to be right: a mistake would end every sidecar. */
const pairsFlag = (
  isRight: (pair: readonly string[]) => boolean,
  form: string,
): FlagSpec<string | undefined> => ({
  ...optionalTextFlag(),
  parse(text) {
    if (pairsIn(text).every(isRight)) return text;
    throw new Error(`expected ${form},...`);
  },
});

const attributesFlag = pairsFlag(
  ([header, attribute, ...rest]) => Boolean(header) && Boolean(attribute) && rest.length === 0,
  'header:attribute',
);

const apis: ReadonlySet<string | undefined> = new Set(['openai', 'anthropic', 'cohere']);

/** Flags of the external processor that the controller has under the same name, as that of Envoy AI Gateway v1.1 does. */
export const passedFlags = {
  rootPrefix: optionalTextFlag(),
  endpointPrefixes: pairsFlag(
    ([name, prefix, ...rest]) => apis.has(name) && prefix !== undefined && rest.length === 0,
    'openai:PREFIX, anthropic:PREFIX or cohere:PREFIX',
  ),
  requestHeaderAttributes: attributesFlag,
  spanRequestHeaderAttributes: attributesFlag,
  metricsRequestHeaderAttributes: attributesFlag,
  logRequestHeaderAttributes: attributesFlag,
};

/** What sidecars are given of them: only what was given to us, so that their own defaults hold. */
export function passedArguments(
  values: Readonly<Record<keyof typeof passedFlags, string | undefined>>,
  isRedactionEnabled: boolean,
): readonly string[] {
  const names = Object.keys(passedFlags) as (keyof typeof passedFlags)[];
  return [
    ...names.flatMap((name) => (values[name] === undefined ? [] : [`-${name}=${values[name]}`])),
    ...(isRedactionEnabled ? ['-enableRedaction=true'] : []),
  ];
}
