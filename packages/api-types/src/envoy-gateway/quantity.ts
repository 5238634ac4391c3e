import { z } from 'zod';

const quantity = /^([0-9]+(?:\.[0-9]+)?)(|[kMGT]|[KMGT]i)$/;
const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity of bytes: a number, or text such as `50Mi`. */
export const ByteQuantity = z.union([
  z.int().min(0),
  z.string().regex(quantity, { message: 'expected a quantity such as "50Mi"' }),
]);

/** Bytes of a valid quantity. */
export function quantityBytes(value: number | string): number {
  const [, digits, unit] = quantity.exec(String(value)) ?? [];
  return Math.round(Number(digits) * (factors[unit ?? ''] ?? 1));
}
