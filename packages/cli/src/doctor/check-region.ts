import { regionOfArn, regionOfHost } from '@aigw/aws-auth';

import { fail, type Finding, ok, warn } from './finding.ts';
import { policyName, type Target } from './target.ts';

/** The region of every AWS policy and whether the host and the models' ARNs agree with it. */
export function checkRegions(targets: readonly Target[]): Finding[] {
  const findings = targets.filter(({ backend }) => backend.auth?.aws !== undefined).map(checkRegion);
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

function checkRegion(target: Target): Finding {
  const { planned, backend } = target;
  const checked = { check: 'region', subject: policyName(target) } as const;
  const configured = backend.auth?.aws?.region;
  const host = regionOfHost(backend.host);
  const region = host ?? configured ?? 'unknown';
  const foreign = planned.models.find((model) => (regionOfArn(model) ?? region) !== region);
  if (foreign !== undefined) {
    return fail(checked, {
      message: `requests go to ${region}, but ${foreign} is in ${regionOfArn(foreign)}`,
      fix: `give that model a backend whose host is in ${regionOfArn(foreign)}`,
    });
  }
  if (host !== undefined && configured !== undefined && host !== configured) {
    return warn(checked, {
      message: `the policy says ${configured}, the host ${host}; the host counts`,
      fix: `set the policy's awsCredentials.region to ${host}, or change the host`,
    });
  }
  return ok(checked, region);
}
