import fc from 'fast-check';
import { bodyMessage, headersMessage } from '../__fixtures__/envoy.ts';
import { afterPass, chooseStep, type Phase, successors } from './phase.ts';

const messages = [
  headersMessage('requestHeaders', {}),
  headersMessage('requestHeaders', {}, { attributes: { a: 'b' } }),
  headersMessage('responseHeaders', {}),
  bodyMessage('requestBody', ''),
  bodyMessage('responseBody', ''),
  { kind: 'requestTrailers' } as const,
  { kind: 'responseTrailers' } as const,
];
const phases: readonly Phase[] = [
  'opening',
  'awaitingRequest',
  'awaitingResponse',
  'buffering',
  'streaming',
  'passing',
  'closed',
  'left',
];

describe('chooseStep', () => {
  it.each([
    ['opening', 0, 'routeRequest'],
    ['opening', 1, 'startAttempt'],
    ['opening', 2, 'pass'],
    ['awaitingRequest', 3, 'readRequest'],
    ['awaitingRequest', 2, 'openResponse'],
    ['awaitingResponse', 2, 'openResponse'],
    ['awaitingResponse', 5, 'pass'],
    ['buffering', 4, 'finishResponse'],
    ['buffering', 6, 'pass'],
    ['streaming', 4, 'pushResponse'],
    ['streaming', 6, 'endResponse'],
    ['passing', 4, 'pass'],
    ['closed', 4, 'ignore'],
    ['left', 4, 'ignore'],
  ] as const)('%s, message %i: %s', (phase, index, step) => {
    expect(chooseStep(phase, messages[index]!)).toBe(step);
  });

  it('takes any message in any phase, and does each once-only step once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...messages), fc.nat()), { maxLength: 30 }),
        (sequence) => {
          let phase: Phase = 'opening';
          const done: string[] = [];
          for (const [message, choice] of sequence) {
            const step = chooseStep(phase, message);
            if (step === 'pass' || step === 'ignore') {
              phase = afterPass(phase);
              continue;
            }
            if (step !== 'pushResponse') expect(done).not.toContain(step);
            done.push(step);
            const next = successors[step];
            phase = next[choice % next.length]!;
            expect(phases).toContain(phase);
          }
        },
      ),
    );
  });
});
