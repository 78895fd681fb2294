'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const process = require('node:process');

/**
 * Runs this command again with the Node of the given major that npm installed beside Parley, and ends
 * as that run ends. The first `initialize` of `app-server` is answered here already, because starting
 * a second Node would double the time its client waits.
 */
function relaunch(root, major, appServer) {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = [
    path.join(root, 'node_modules', 'node', 'bin', executable),
    path.join(root, 'node_modules', '.bin', executable),
  ].find((file) => fs.existsSync(file));
  if (node === undefined) {
    process.stderr.write(
      `parley: Node ${major} is needed (this is ${process.version}); ` +
        `run "npm ci" in ${root}, which brings it, or install Node ${major}.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'app-server' && fs.existsSync(appServer)) {
    const answering = require(appServer).answerInitialize(rest);
    if (answering !== undefined) {
      // Without a word before the end of the input there is nothing left to serve.
      void answering.then((hello) =>
        hello === undefined ? undefined : relay(start(node, hello.flags, 'pipe'), hello.bytes),
      );
      return;
    }
  }
  start(node, [], 'inherit');
}

function start(node, moreArgs, input) {
  const child = spawn(node, [...process.argv.slice(1), ...moreArgs], {
    stdio: [input, 'inherit', 'inherit'],
  });
  // A terminal sends Ctrl-C to both processes; the others reach this one only and are passed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`parley: Could not start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  return child;
}

function relay(child, bytes) {
  // The child may end first; its exit ends this process too.
  child.stdin.on('error', () => undefined);
  child.stdin.write(bytes);
  process.stdin.pipe(child.stdin);
}

module.exports = relaunch;
