import type { Sha256Hex } from '@aigw/planner';
import { createHash } from 'node:crypto';

/** The digest that the planner is given. */
export const sha256Hex: Sha256Hex = (text) => createHash('sha256').update(text).digest('hex');
