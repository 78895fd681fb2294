#!/usr/bin/env node
'use strict';
// The file behind `parley`. It runs under any Node an npm may bring, and starts Parley with Node 24:
// in this process where this is one, else with the Node that was installed along. Keep it small and
// old-fashioned: everything here is paid for at every start.

const fs = require('node:fs');
const path = require('node:path');

const NEEDED_MAJOR = 24;
const root = path.join(__dirname, '..', '..');
const built = (name) => path.join(root, 'dist', 'main', name);
const args = process.argv.slice(2);
const isCurrent = Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR;

if (!isCurrent) require('./relaunch.cjs')(root, NEEDED_MAJOR, built('appServer.cjs'));
else if (!startedAppServer()) startCommandLine();

function startedAppServer() {
  // Saves loading the command line, because editors wait for this command's first answer.
  const entry = built('appServer.cjs');
  if (args[0] !== 'app-server' || !fs.existsSync(entry)) return false;
  return Boolean(require(entry).startAppServer(args.slice(1)));
}

function startCommandLine() {
  const entry = built('cli.cjs');
  if (fs.existsSync(entry)) void require(entry).runCommandLine(args, root);
  else void import('./main.ts').then((main) => main.runCommandLine(args, root));
}
