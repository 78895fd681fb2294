import type { Door } from '../cells.ts';
import { engineDoor, textCells } from './engineAtPeer.ts';
import { type Behaviour, listenAsPeer } from './hostilePeer.ts';

/** What a program does that is asked for a token. */
const SCRIPTS: Readonly<Record<Behaviour, string>> = {
  none: 'echo token',
  deep: `i=0; while [ $i -lt 4000 ]; do printf '['; i=$((i+1)); done`,
  huge: 'head -c 40000000 /dev/zero | tr "\\\\0" a',
  torn: 'printf tok; kill -9 $$',
  binary: 'head -c 1000 /dev/urandom',
  endless: 'yes',
  slow: 'sleep 0.2; printf to; sleep 0.2; echo ken',
  silent: 'exec sleep 1000',
  'wrong type': 'printf "one\\\\ntwo"',
};

/** A program that prints a key. Any one line may be one, brackets too. */
export const tokenCommand: Door = engineDoor({
  name: 'program that prints a key',
  maxMemoryMiB: 300,
  keyOf: (behaviour) =>
    `auth = { command = "sh", args = ["-c", ${JSON.stringify(SCRIPTS[behaviour])}], timeout_ms = 2000 }`,
  peer: () => listenAsPeer({}),
  cells: (engine) =>
    textCells(engine, {
      silent: /^interrupted$|did not finish within 2000 ms, so no request was sent\.$/u,
      huge: /printed far more than a token, so no request was sent\.$/u,
      // Whichever comes first: what it has printed, or that somebody has had enough.
      endless: /^interrupted$|printed far more than a token, so no request was sent\.$/u,
      torn: /was ended by SIGKILL, so no request was sent\.$/u,
      binary: /so no request was sent\.$/u,
      'wrong type': /printed more than one line, so no request was sent\.$/u,
    }),
});
