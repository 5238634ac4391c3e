const bedrockHost =
  /(?:^|\.)bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.amazonaws\.com|amazonaws\.com(?:\.cn)?|api\.aws)$/;
const bedrockArn = /^arn:[a-z-]+:bedrock:([a-z0-9-]+):/;

/** The region that a Bedrock host name or a Bedrock ARN says. */
export function regionOf(text: string): string | undefined {
  return bedrockHost.exec(text)?.[1] ?? bedrockArn.exec(text)?.[1];
}
