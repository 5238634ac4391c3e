import { AuthError, type AuthErrorCode, type BackendAuthenticator } from './backend-auth.ts';

/** Refuses every request: a backend whose credentials are unusable never gets one without them. */
export function createRefusal(
  message: string,
  code: AuthErrorCode = 'missing_credential',
): BackendAuthenticator {
  return {
    apply() {
      throw new AuthError(code, message);
    },
  };
}
