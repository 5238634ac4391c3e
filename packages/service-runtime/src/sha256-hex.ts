import { hash } from 'node:crypto';

/** SHA-256 in hexadecimal digits; of a text its UTF-8 bytes. */
export const sha256Hex = (content: string | Uint8Array): string => hash('sha256', content, 'hex');
