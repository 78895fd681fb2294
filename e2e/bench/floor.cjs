// The floor of "start and answer one line": the least that Node can do.
const { createInterface } = require('node:readline');
createInterface({ input: process.stdin }).once('line', (line) => {
  process.stdout.write(`${JSON.stringify({ id: JSON.parse(line).id, result: {} })}\n`);
});
