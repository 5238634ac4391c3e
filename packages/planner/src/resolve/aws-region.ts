const suffixes = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'csp.hci.ic.gov',
  'cloud.adc-e.uk',
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'api.aws.ic.gov',
  'api.aws.scloud',
  'api.aws.hci.ic.gov',
  'api.cloud-aws.adc-e.uk',
].map((suffix) => suffix.replaceAll('.', '\\.'));
const region = '[a-z]{2,6}(?:-[a-z]{2,12}){1,3}-\\d{1,2}';
const bedrockHost = new RegExp(
  `^(?:[a-z0-9-]+\\.)*bedrock-runtime(?:-fips)?\\.(${region})\\.(?:vpce\\.)?(?:${suffixes.join('|')})$`,
);
const bedrockArn = new RegExp(`^arn:aws[a-z-]*:(?:bedrock|sagemaker):(${region}):`);

/** The region that a Bedrock host name of any partition, or an ARN of a model, says. */
export function regionOf(text: string): string | undefined {
  return bedrockHost.exec(text)?.[1] ?? bedrockArn.exec(text)?.[1];
}
