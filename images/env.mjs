#!/nodejs/bin/node
for (const [name, value] of Object.entries(process.env)) process.stdout.write(`${name}=${value}\n`);
