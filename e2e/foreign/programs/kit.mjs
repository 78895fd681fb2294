import process from 'node:process';

// What the programs beside this file share: they run in a folder of their own, outside the repository, where
// the package they try is installed. Each case is told as one line of JSON, which `runProgram.ts` reads.

/** The built-in server's address, `http://127.0.0.1:PORT/v1`. */
export const { PARLEY_SERVER_URL: serverUrl = '', PARLEY_COMMAND: parley = '' } = process.env;

/** The question whose answer the practice model can be held to. */
export const sum = 'what is 2 + 3?';
export const sumAnswer = /`2 \+ 3` is \*\*5\*\*/u;

/**
 * Tries one case and tells what came of it; one that fails does not hide those after it.
 * @param {string} what
 * @param {() => Promise<unknown>} act
 */
export async function attempt(what, act) {
  let failure = null;
  try {
    await act();
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  process.stdout.write(`${JSON.stringify({ case: what, failure })}\n`);
}

/**
 * A case that the client itself leaves out here.
 * @param {string} what
 * @param {string} reason
 */
export function skip(what, reason) {
  process.stdout.write(`${JSON.stringify({ case: what, skipped: reason })}\n`);
}

/** Ends the program when all cases are told: some clients keep sockets and timers open. */
export function finish() {
  process.stdout.write(`${JSON.stringify({ finished: true })}\n`, () => {
    process.exit(0);
  });
}
