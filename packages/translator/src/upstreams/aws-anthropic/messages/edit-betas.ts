import { filterBetas, parseBetaField, parseBetaHeader } from '../../../bedrock/filter-betas.ts';
import type { EditContext } from './edit-context.ts';

/** Collects the betas of the header and the body that Bedrock takes for the model, under the names it knows. */
export function collectBetas(context: EditContext, header: string | undefined): void {
  const { capabilities, warnings, betas, root } = context;
  const ofHeader = filterBetas(parseBetaHeader(header), {
    capabilities,
    warnings,
    path: 'anthropic-beta',
  });
  const ofBody = filterBetas(parseBetaField(root['anthropic_beta']), {
    capabilities,
    warnings,
    path: 'anthropic_beta',
  });
  for (const beta of [...ofHeader, ...ofBody]) betas.add(beta);
}
