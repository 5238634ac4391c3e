import type { BackendAuth, FilterBackend } from '@aigw/api-types';
import type { BackendPreview } from '@aigw/extproc/preview';
import type { PlannedBackend, StandalonePlan } from '@aigw/planner';

/** One backend of a plan: where it leads, how it is spoken to, and what would be sent. */
export interface Target {
  readonly planned: PlannedBackend;
  readonly backend: FilterBackend;
  readonly preview: BackendPreview;
}

/** The backends of a plan with all that is known about them. */
export async function listTargets(
  { backends, filterConfig }: Pick<StandalonePlan, 'backends' | 'filterConfig'>,
  now: () => number,
): Promise<Target[]> {
  // The data plane's code is loaded only by the command that needs it.
  const { createBackendPreviews } = await import('@aigw/extproc/preview');
  const previews = createBackendPreviews(filterConfig, now);
  const configured = new Map(filterConfig.backends.map((backend) => [backend.name, backend]));
  return backends.flatMap((planned) => {
    const backend = configured.get(planned.identity);
    const preview = previews.get(planned.identity);
    return backend && preview ? [{ planned, backend, preview }] : [];
  });
}

/** What credentials belong to, in the report. */
export function policyName({ planned }: Pick<Target, 'planned'>): string {
  return planned.policy ?? `AIServiceBackend ${planned.backend}`;
}

/** Whether a backend takes nothing but the credentials that each request brings: then there are none to check with. */
export function bringsOnlyItsOwn({ credentialOverride }: BackendAuth): boolean {
  return credentialOverride?.fallbackToConfigured === false;
}
