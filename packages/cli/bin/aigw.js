#!/usr/bin/env node
// Plain JavaScript that any Node parses, so that an old one gets a sentence and not a stack trace.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(
    `aigw: Node ${process.versions.node} is too old, aigw needs 22.22 or newer (its HTTP/2 server cannot take Envoy's load before that). ` +
      `Install a newer Node from https://nodejs.org, or, in a checkout, start it with "npx aigw", which brings its own.\n`,
  );
  process.exit(1);
}
const { main } = await import('../dist/main.js');
await main();
