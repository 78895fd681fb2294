import { describe, expect, test } from 'vitest';

import type { ThreadStartResponse } from '../../../core/protocol/index.ts';
import { sampleStart } from '../../../core/protocol/testing/index.ts';
import { parseWav, writeWav } from '../../../realtime/audio/index.ts';
import { INPUT_MS, question, TalkRun, THREAD_ID } from './testing/index.ts';

/** An answer that does not come. */
const never = (): Promise<never> => Promise.withResolvers<never>().promise;

describe('a session that does not come up', () => {
  test('is given up after 15 seconds', async () => {
    const talk = new TalkRun({ json: true });
    await talk.engine.requested('thread/realtime/start');
    await talk.pass(15_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: The voice session did not start within 15 s.\n');
    expect(talk.events()).toEqual([
      {
        type: 'done',
        exitCode: 1,
        audioMs: 0,
        output: null,
        error: 'The voice session did not start within 15 s.',
      },
    ]);
  });

  test('because the engine refuses the thread says so', async () => {
    const talk = new TalkRun({}, ({ engine }) =>
      engine.handle('thread/start', () => {
        throw new Error('no such model');
      }),
    );

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: no such model\n');
    expect(talk.engine.methods).toEqual(['initialize', 'thread/start']);
  });

  test('because of an error before it is up fails at once, as no close follows', async () => {
    const talk = new TalkRun();
    await talk.engine.requested('thread/realtime/start');
    talk.notify('thread/realtime/error', { message: 'wrong key' });

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: wrong key\n');
  });

  test('because of Ctrl-C while the thread starts never opens a voice session', async () => {
    const answer = Promise.withResolvers<ThreadStartResponse>();
    const talk = new TalkRun({}, ({ engine }) => {
      engine.handle('thread/start', () => answer.promise);
    });
    await talk.engine.requested('thread/start');
    talk.abort.abort();

    expect(await talk.exitCode).toBe(130);
    answer.resolve(sampleStart({ id: THREAD_ID }));
    await new Promise(setImmediate);
    expect(talk.engine.methods).toEqual(['initialize', 'thread/start']);
  });
});

describe('a talk that gets nowhere', () => {
  test('without speech in the file ends five seconds after it', async () => {
    const talk = await TalkRun.open();
    await talk.pass(INPUT_MS + 5_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: No speech was detected in the file.\n');
  });

  test('without an answer ends 30 seconds after the speech', async () => {
    const talk = await TalkRun.open();
    await talk.speak();
    await talk.pass(30_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('No answer came within 30 s');
  });

  test('because the answer stops in the middle ends 30 seconds later', async () => {
    const talk = await TalkRun.open();
    await talk.speak();
    talk.begin();
    await talk.pass(29_000);
    talk.answer(Int16Array.of(1));
    await talk.pass(29_000);
    expect(talk.stderr).toBe('');
    await talk.pass(1_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('The answer stopped coming');
  });

  test('because the voice model fails says so', async () => {
    const talk = await TalkRun.open();
    await talk.speak();
    talk.begin();
    talk.complete('r1', 'failed');

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('The voice model failed to answer.');
  });

  test('because the session is closed tells the code and the reason', async () => {
    const talk = await TalkRun.open();
    talk.notify('thread/realtime/closed', {
      reason: 'transport_closed',
      closeCode: 1011,
      detail: 'server restarts',
    });

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe(
      'parley talk: The voice session was closed: server restarts (code 1011).\n',
    );
  });

  test('because the engine goes away says so and does not wait for it', async () => {
    const talk = await TalkRun.open();
    talk.engine.drop();

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('The engine went away.');
  });

  test('because the engine refuses the audio says so', async () => {
    const talk = await TalkRun.open({}, ({ engine }) => {
      engine.handle('thread/realtime/appendAudio', () => {
        throw new Error('overloaded');
      });
    });
    await talk.pass(40);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('The engine refused the audio: overloaded');
  });

  test('because the engine never confirms the audio ends after ten seconds of it', async () => {
    const talk = await TalkRun.open({}, ({ engine, files }) => {
      const long = { sampleRateHz: 8_000, channels: 1, samples: new Int16Array(100_000) };
      files.contents.set('in.wav', writeWav(long));
      engine.handle('thread/realtime/appendAudio', never);
    });
    await talk.pass(11_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('does not take the audio');
  });
});

describe('Ctrl-C', () => {
  test('stops the session, keeps what came, and exits with 130', async () => {
    const talk = await TalkRun.open({ outputPath: 'out.wav' });
    await talk.speak();
    talk.begin();
    talk.answer(Int16Array.of(7));
    talk.abort.abort();

    expect(await talk.exitCode).toBe(130);
    expect(talk.engine.methods.at(-1)).toBe('thread/realtime/stop');
    expect(parseWav(talk.files.contents.get('out.wav') ?? question).samples).toEqual(
      Int16Array.of(7),
    );
    expect(talk.clock.pending).toBe(0);
  });

  test('does not wait for an engine that does not answer', async () => {
    const talk = await TalkRun.open({}, ({ engine }) =>
      engine.handle('thread/realtime/stop', never),
    );
    talk.abort.abort();
    await talk.engine.requested('thread/realtime/stop');
    await talk.pass(2_000);

    expect(await talk.exitCode).toBe(130);
  });
});
