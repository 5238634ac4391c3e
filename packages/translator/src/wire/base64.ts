const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/** True for canonical, padded base64 without whitespace. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && alphabet.test(text);
}

/** The bytes of padded standard base64; undefined when `text` is not that. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!isBase64(text)) return undefined;
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

const slice = 0x6000;

/** Padded standard base64 of `bytes`. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += slice) {
    binary += String.fromCharCode(...bytes.subarray(start, start + slice));
  }
  return btoa(binary);
}
