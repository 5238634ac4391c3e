/** The user guides' own prompts, in lower case without their final punctuation. Every other prompt gets a composed answer. */
const knownAnswers: Readonly<Record<string, string>> = {
  'what is capital of france': 'The capital of France is Paris.',
  'what is the capital of france': 'The capital of France is Paris.',
  'explain quantum computing':
    'Quantum computers calculate with qubits. A qubit can be in a superposition of 0 and 1, entangled qubits share one state, ' +
    'and a program arranges interference so that wrong answers cancel and right ones remain. For a few problems, such as ' +
    'factoring or simulating molecules, that needs far fewer steps than any known classical method.',
  'tell me a short story':
    'A lighthouse keeper found a bottle with a blank page in it. She wrote "Who are you?" and threw it back. Years later it ' +
    'returned, and below her line stood, in her own hand: "Someone who kept the light on." She smiled and lit the lamp.',
  'write a function to calculate fibonacci numbers':
    '```python\ndef fibonacci(n: int) -> int:\n    """Return the n-th Fibonacci number (fibonacci(0) == 0)."""\n' +
    '    if n < 0:\n        raise ValueError("n must not be negative")\n    current, following = 0, 1\n    for _ in range(n):\n' +
    '        current, following = following, current + following\n    return current\n```\n' +
    'It takes n additions and constant memory.',
  'solve this puzzle: a farmer needs to cross a river with a fox, chicken, and bag of grain. the boat can only hold the farmer and one item. how does the farmer get everything across safely':
    '1. Take the chicken across.\n2. Return alone.\n3. Take the fox across.\n4. Bring the chicken back.\n' +
    '5. Take the grain across.\n6. Return alone.\n7. Take the chicken across.\n' +
    'The chicken is never left alone with the fox or with the grain.',
};

/** The fixed answer to one of the guides' prompts. */
export function findKnownAnswer(prompt: string): string | undefined {
  const key = prompt
    .trim()
    .replace(/[.?!]+$/, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();
  return Object.hasOwn(knownAnswers, key) ? knownAnswers[key] : undefined;
}
