import { describe, expect, test } from 'vitest';

import type { InteractionRequest } from './interactions.ts';
import { interactionKinds } from './kinds.ts';
import type { Reply, Responder } from './responder.ts';
import { row } from './row.ts';
import { command, fileChange, network, pass, room, type FakeDesk } from './testing/index.ts';

describe('an answer that says more', () => {
  // A kind that does not exist: to allow a colour allows all that are darker.
  const shade = row({
    ...interactionKinds.command,
    covers: ({ params, response }, other) =>
      response.decision === 'accept' && (params.command ?? '') < (other.params.command ?? '')
        ? { decision: 'accept' }
        : undefined,
  });

  test('settles the others that it covers, and everybody hears of each', async () => {
    const kinds = { ...interactionKinds, command: shade };
    const { interactions, desk, resolved, signal } = room({ kinds });
    const ask = async (colour: string) => interactions.request(command(colour), { signal });
    const [two, one, three] = [ask('2'), ask('1'), ask('3')];
    const { params } = network('h');
    const ofAnotherKind = { kind: 'network' as const, params: { ...params, command: '4' } };
    void interactions.request(ofAnotherKind, { signal });
    desk.answer(0, { decision: 'accept' });
    expect(await two).toMatchObject({ type: 'accepted', by: 'client' });
    expect(await three).toEqual({
      type: 'accepted',
      response: { decision: 'accept' },
      by: 'client',
    });
    expect(resolved.map(({ requestId }) => requestId)).toEqual([0, 2]);
    expect(desk.openIds).toEqual([1, 3]);
    desk.answer(1, { decision: 'decline' });
    expect(await one).toMatchObject({ type: 'refused' });
  });

  test('leaves the last word to deciders that are still thinking', async () => {
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const slow: Responder = {
      role: 'hook',
      respond: async (interaction) =>
        interaction.kind === 'command' && interaction.params.command === '2' ? promise : pass,
    };
    const kinds = { ...interactionKinds, command: shade };
    const { interactions, desk, signal } = room({ kinds, responders: [slow] });
    const [one, two] = [
      interactions.request(command('1'), { signal }),
      interactions.request(command('2'), { signal }),
    ];
    await expect.poll(() => desk.openIds).toEqual([0]);
    desk.answer(0, { decision: 'accept' });
    await one;
    resolve({ type: 'deny', words: 'no' });
    expect(await two).toMatchObject({ type: 'refused', by: 'hook' });
  });

  test('is one that people gave: what a decider allows, it allows alone', async () => {
    const hook: Responder = {
      role: 'hook',
      respond: async (interaction) =>
        interaction.kind === 'command' && interaction.params.command === '1'
          ? { type: 'allow' }
          : pass,
    };
    const kinds = { ...interactionKinds, command: shade };
    const { interactions, desk, signal } = room({ kinds, responders: [hook] });
    void interactions.request(command('2'), { signal });
    await expect.poll(() => desk.openIds).toEqual([0]);
    expect(await interactions.request(command('1'), { signal })).toMatchObject({ by: 'hook' });
    expect(desk.openIds).toEqual([0]);
  });

  test.for<
    readonly [
      string,
      InteractionRequest<'command' | 'network' | 'fileChange'>,
      Parameters<FakeDesk['answer']>[1],
      InteractionRequest<'command' | 'network' | 'fileChange'>,
      string | undefined,
    ]
  >([
    [
      'a command for the session settles the same one',
      command('rm -rf x', 'rm'),
      { decision: 'acceptForSession' },
      command('rm  -rf x', 'rm'),
      'accepted',
    ],
    [
      'one for once does not',
      command('a', 'a'),
      { decision: 'accept' },
      command('a', 'a'),
      undefined,
    ],
    [
      'nor one that is remembered by nothing',
      command('a'),
      { decision: 'acceptForSession' },
      command('a'),
      undefined,
    ],
    [
      'files for the session settle a change to some of them',
      fileChange('/a', '/b'),
      { decision: 'acceptForSession' },
      fileChange('/b'),
      'accepted',
    ],
    [
      'but not one to another, too',
      fileChange('/a', '/b'),
      { decision: 'acceptForSession' },
      fileChange('/b', '/c'),
      undefined,
    ],
    [
      'a host that is allowed is allowed on every port',
      network('h', 'h:80'),
      allowing('h', 'allow'),
      network('h', 'h:443'),
      'accepted',
    ],
    [
      'one that is denied is denied',
      network('h', 'h:80'),
      allowing('h', 'deny'),
      network('h', 'h:443'),
      'refused',
    ],
    [
      'another host is another matter',
      network('h'),
      allowing('h', 'allow'),
      network('i'),
      undefined,
    ],
  ])('%s', async ([, first, response, second, end]) => {
    const { interactions, desk, signal } = room();
    const one = interactions.request(first, { signal });
    const two = interactions.request(second, { signal });
    desk.answer(0, response);
    await one;
    expect(desk.openIds).toEqual(end === undefined ? [1] : []);
    desk.answer(1, { decision: 'cancel' });
    expect(await two).toMatchObject(
      end === undefined ? { because: 'cancelled' } : { type: end, by: 'client' },
    );
  });
});

describe('what people accept for the session', () => {
  test('is accepted from then on without anybody being asked', async () => {
    const { interactions, desk, signal, waitingOn } = room();
    const first = interactions.request(fileChange('/a', '/b'), { signal });
    desk.answer(0, { decision: 'acceptForSession' });
    await first;
    const told = waitingOn.length;

    expect(await interactions.request(fileChange('/b'), { signal })).toEqual({
      type: 'accepted',
      response: { decision: 'accept' },
      by: 'client',
    });
    expect(desk.openIds).toEqual([]);
    expect(waitingOn).toHaveLength(told);
  });

  test.for([
    ['what is accepted once', { decision: 'accept' }, fileChange('/a')],
    ['what is refused', { decision: 'decline' }, fileChange('/a')],
    ['what needs more than that', { decision: 'acceptForSession' }, fileChange('/a', '/c')],
    ['what is remembered by nothing', { decision: 'acceptForSession' }, fileChange()],
    ['what is of another kind', { decision: 'acceptForSession' }, command('touch', '/a')],
  ] as const)('is not %s', async ([, response, second]) => {
    const { interactions, desk, signal, abort } = room();
    const first = interactions.request(fileChange('/a'), { signal });
    desk.answer(0, response);
    await first;
    const asked = interactions.request(second, { signal });

    expect(desk.openIds).toEqual([1]);
    abort.abort();
    expect(await asked).toMatchObject({ because: 'withdrawn' });
  });

  test('does not make a call run that has been stopped', async () => {
    const { interactions, desk, signal, abort } = room();
    const first = interactions.request(fileChange('/a'), { signal });
    desk.answer(0, { decision: 'acceptForSession' });
    await first;
    abort.abort();

    expect(await interactions.request(fileChange('/a'), { signal })).toMatchObject({
      because: 'withdrawn',
    });
  });
});

function allowing(host: string, action: 'allow' | 'deny'): Parameters<FakeDesk['answer']>[1] {
  return {
    decision: { applyNetworkPolicyAmendment: { network_policy_amendment: { host, action } } },
  };
}
