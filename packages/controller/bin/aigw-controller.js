#!/usr/bin/env node
// Plain JavaScript that any Node parses, so that an old one gets a sentence and not a stack trace.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(
    `aigw-controller: Node ${process.versions.node} is too old, 22.22 or newer is needed (older ones drop Envoy Gateway's connections under load). ` +
      `Install a newer Node from https://nodejs.org, or, in a checkout, start it with "npx aigw-controller", which brings its own.\n`,
  );
  process.exit(1);
}
const { main } = await import('../dist/main.js');
process.exitCode = await main();
