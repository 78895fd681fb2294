import { describe, expect, test } from 'vitest';

import {
  answering,
  asked,
  askingScripts,
  COLOUR,
  type Conversation,
  outputTold,
  startConversation,
  VOICES,
} from '../../testing/index.ts';
import { BACKGROUND_AGENT_TOOL } from '../../voice/agent/index.ts';

const hands = (prompt: string) => ({ calls: BACKGROUND_AGENT_TOOL, with: { prompt } });

const KEY = { id: 'key', header: 'Key', question: 'Which key?', is_secret: true };
const ASKS = expect.stringMatching(
  /^user: \[BACKEND\] The agent needs an answer .*Which colour do you like\? Options: Teal, Coral\./u,
);
const DONE = expect.stringMatching(/^output: .*is done/u);

const answered = async ({ probe }: Conversation, n: number): Promise<void> => {
  await probe.notification('thread/realtime/response/completed', n);
};

describe.each(VOICES)('with %s', (voice) => {
  test('a question of the agent is asked aloud, and the spoken answer reaches the agent', async () => {
    await using talk = await startConversation(voice, {
      replies: [
        hands('paint the door'),
        { says: 'Teal or coral?' },
        hands('coral.'),
        { says: 'All right.' },
        { says: 'It is painted.' },
      ],
      scripts: askingScripts(COLOUR),
    });
    const { engine, probe } = talk;
    await talk.say('Paint the door.');
    expect(await talk.told(2)).toEqual([ASKS]);
    await answered(talk, 2);
    await talk.say('Coral.');
    expect(await talk.told(4)).toEqual([expect.stringContaining('output: Passed on')]);
    expect(await talk.told(5)).toEqual(['user: [BACKEND] Fine', DONE]);
    await answered(talk, 5);

    expect(outputTold((await engine.upstream.request(2)).body)).toBe(
      '{"answers":{"colour":{"answers":["Coral"]}}}',
    );
    expect(probe.all('serverRequest/resolved')).toMatchObject([
      { answeredBy: 'voice', answers: { colour: { answers: ['Coral'] } } },
    ]);
    expect(probe.all('turn/started')).toHaveLength(1);
  });

  test('a click answers as well, and the voice is told so', async () => {
    await using talk = await startConversation(voice, {
      replies: [hands('paint the door'), { says: 'Teal or coral?' }, { says: 'It is teal.' }],
      scripts: askingScripts(COLOUR),
    });
    const { engine, probe } = talk;
    await talk.say('Paint the door.');
    await answered(talk, 2);
    probe.send(answering((await asked(probe)).id, 'Teal'));

    expect(await talk.told(3)).toEqual([
      expect.stringContaining('[BACKEND] The user has answered on the screen.'),
      'user: [BACKEND] Fine',
      DONE,
    ]);
    await answered(talk, 3);
    expect(outputTold((await engine.upstream.request(2)).body)).toContain('Teal');
  });

  test('a secret is neither asked for aloud nor taken by voice', async () => {
    await using talk = await startConversation(voice, {
      replies: [
        hands('log in'),
        { says: 'Please type it.' },
        hands('it is hunter2'),
        { says: 'Please type it all the same.' },
        { says: 'Done.' },
      ],
      scripts: askingScripts(KEY),
    });
    const { engine, probe } = talk;
    await talk.say('Log in.');
    expect(await talk.told(2)).toEqual([expect.stringContaining('must be typed')]);
    expect((await talk.told(2)).join('')).not.toContain('Which key');
    await answered(talk, 2);
    await talk.say('It is hunter2.');
    expect(await talk.told(4)).toEqual([expect.stringContaining('output: Not passed on')]);
    expect(probe.all('serverRequest/resolved')).toEqual([]);
    await answered(talk, 4);
    const { id } = await asked(probe);
    probe.send({ id, result: { answers: { key: { answers: ['swordfish'] } } } });

    expect((await talk.told(5)).join('')).not.toContain('swordfish');
    expect(outputTold((await engine.upstream.request(2)).body)).toBe(
      '{"answers":{"key":{"answers":["swordfish"]}}}',
    );
    await answered(talk, 5);
  });
});
