import { randomUUID } from 'node:crypto';
import type { UnaryReply } from '../../reply.ts';
import type { IssuedCredentials } from '../credential-store.ts';

/** A tree that becomes XML: text, or elements by name. */
export interface XmlTree {
  readonly [element: string]: string | XmlTree;
}

/** Errors of STS with their HTTP status: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const statusOf = {
  AccessDenied: 403,
  ExpiredToken: 403,
  ExpiredTokenException: 400,
  IDPRejectedClaim: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  InvalidIdentityToken: 400,
  MissingAuthenticationToken: 403,
  MissingParameter: 400,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  ValidationError: 400,
} as const;

/** The name of one of these errors. */
export type StsErrorCode = keyof typeof statusOf;

/** What was wrong with a request, in AWS's words. */
export interface StsFailure {
  readonly code: StsErrorCode;
  readonly message: string;
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** The answer of an action: `<{action}Response><{action}Result>…`. */
export function stsAnswer(action: string, result: XmlTree): UnaryReply {
  const requestId = randomUUID();
  const tree = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return xmlReply(200, `${action}Response`, tree, requestId);
}

/** An error answer as STS gives it. */
export function stsError({ code, message }: StsFailure): UnaryReply {
  const requestId = randomUUID();
  const status = statusOf[code];
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const tree = { Error: { Type: type, Code: code, Message: message }, RequestId: requestId };
  return xmlReply(status, 'ErrorResponse', tree, requestId);
}

/** Credentials as an element of an answer. */
export function describeCredentials(credentials: IssuedCredentials): XmlTree {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString().replace('.000Z', 'Z'),
  };
}

function xmlReply(status: number, root: string, tree: XmlTree, requestId: string): UnaryReply {
  return {
    kind: 'unary',
    status,
    headers: [
      ['x-amzn-RequestId', requestId],
      ['Content-Type', 'text/xml'],
    ],
    body: Buffer.from(`<${root} xmlns="${namespace}">\n${encodeTree(tree, '  ')}</${root}>\n`),
  };
}

function encodeTree(tree: XmlTree, indent: string): string {
  return Object.entries(tree)
    .map(([name, content]) =>
      typeof content === 'string'
        ? `${indent}<${name}>${escapeText(content)}</${name}>\n`
        : `${indent}<${name}>\n${encodeTree(content, `${indent}  `)}${indent}</${name}>\n`,
    )
    .join('');
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
