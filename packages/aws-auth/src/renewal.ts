const maxLeadMs = 5 * 60_000;
const leadShare = 0.25;

/** How long before their end credentials are due that live for so long: 5 minutes, or a quarter of it where that is less. */
export function renewalLead(lifetimeMs: number): number {
  return Math.min(maxLeadMs, lifetimeMs * leadShare);
}

/**
 * When credentials that have just been fetched are due: their lead before their end, up to half as early again by chance.
 * @param expiresAt Unix time in milliseconds, as is what is returned.
 * @param at.random 0 to 1; spreads the renewals of many.
 */
export function planRenewal(
  expiresAt: number,
  at: { readonly time: number; readonly random: number },
): number {
  return expiresAt - renewalLead(expiresAt - at.time) * (1 + at.random / 2);
}
