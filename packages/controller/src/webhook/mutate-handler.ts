import type { IncomingMessage } from 'node:http';
import { answerJson, type RequestHandler } from '../secure-server/secure-server.ts';

/** Answers AdmissionReviews. */
export interface Reviewer {
  /** Whether the cluster has been seen: before that, a proxy would be let in without its sidecar. */
  isReady(): boolean;
  /** `undefined` for what is no AdmissionReview. */
  review(review: unknown): object | undefined;
}

/** A pod is at most as large as what etcd takes. */
const maxBodyBytes = 4 * 1024 * 1024;

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What the API server calls for each new pod of a proxy. */
export function createMutateHandler(reviewer: Reviewer): RequestHandler {
  return async (request, response) => {
    if (request.method !== 'POST') {
      answerJson(response, 405, { message: 'POST an AdmissionReview' });
      return;
    }
    if (!reviewer.isReady()) {
      answerJson(response, 503, { message: 'the AI gateway controller has not seen the cluster yet' });
      return;
    }
    const result = reviewer.review(await readJson(request));
    if (result === undefined)
      answerJson(response, 400, { message: 'expected an AdmissionReview of admission.k8s.io/v1' });
    else answerJson(response, 200, result);
  };
}
