import { describe, expect, test } from 'vitest';

import {
  type EngineHandlers,
  FAST_FEATURE,
  sampleModel,
  sampleStart,
} from '../../../core/protocol/testing/index.ts';
import { readyAssistant, threadId, waitFor } from '../../testing/index.ts';
import { fastCommand, type FastFacts, fastState } from './fastMode.ts';

const fastModel = sampleModel({ model: 'invented-9', additionalSpeedTiers: ['fast'] });
const slowModel = sampleModel({ model: 'well-known', isDefault: false });
const facts: FastFacts = {
  isAllowed: true,
  isFixedOff: false,
  models: [fastModel, slowModel],
  configuredTier: null,
  thread: undefined,
};
const thread = { id: 't', model: 'invented-9', tier: null };
const priority = [{ id: 'priority', name: 'Fast', description: '' }];

test.each<[string, Partial<FastFacts>, boolean, boolean]>([
  ['the model of new conversations lists it', {}, true, false],
  ['it is configured', { configuredTier: 'fast' }, true, true],
  ['it is configured by the provider’s name', { configuredTier: 'priority' }, true, true],
  ['another tier is configured', { configuredTier: 'flex' }, true, false],
  ['the feature is off', { isAllowed: false }, false, false],
  [
    'the feature is fixed off, whatever is configured',
    { isAllowed: false, isFixedOff: true, configuredTier: 'fast' },
    true,
    false,
  ],
  ['nothing is known', { models: [] }, false, false],
  ['the open conversation’s model lists it', { thread }, true, false],
  [
    'the open conversation’s model does not',
    { thread: { ...thread, model: 'well-known' } },
    false,
    false,
  ],
  [
    'the open conversation’s model is not on the list',
    { thread: { ...thread, model: 'x' } },
    false,
    false,
  ],
  ['the open conversation has it', { thread: { ...thread, tier: 'fast' } }, true, true],
  ['only new ones have it', { thread, configuredTier: 'fast' }, true, false],
  [
    'only the newer list of tiers has it',
    { models: [sampleModel({ serviceTiers: priority })] },
    true,
    false,
  ],
])('%s', (_what, change, isOffered, isOn) => {
  expect(fastState({ ...facts, ...change })).toMatchObject({ isOffered, isOn });
});

test.each([
  ['/fast', 'toggle'],
  [' /FAST on ', 'on'],
  ['/fast off', 'off'],
  ['/fast lane', undefined],
  ['/faster', undefined],
  ['fast', undefined],
  ['say /fast', undefined],
])('%j means %j', (text, expected) => {
  expect(fastCommand(text)).toBe(expected);
});

const written = {
  status: 'ok',
  version: 'sha256:1',
  filePath: '/f',
  overriddenMetadata: null,
} as const;
const engineWithFast: EngineHandlers = {
  'model/list': () => ({
    data: [sampleModel({ additionalSpeedTiers: ['fast'] })],
    nextCursor: null,
  }),
  'experimentalFeature/list': () => ({ data: [FAST_FEATURE], nextCursor: null }),
  'config/value/write': () => written,
};

describe('the switch', () => {
  test('writes the setting, and the open conversation takes it over', async () => {
    const { assistant, engine } = await readyAssistant({}, engineWithFast);
    await waitFor(assistant.fast.state, ({ isOffered }) => isOffered);
    await assistant.send('Hello');
    await assistant.fast.set(true);
    expect(assistant.fast.state.getSnapshot()).toMatchObject({ isOffered: true, isOn: true });
    await assistant.fast.set(false);
    expect(engine.asked('config/value/write').map(({ value }) => value)).toEqual(['fast', null]);
    expect(engine.asked('thread/settings/update')).toEqual([
      { threadId, serviceTier: 'fast' },
      { threadId, serviceTier: null },
    ]);
  });

  test('asks for nothing but the setting while no conversation is open', async () => {
    const { assistant, engine } = await readyAssistant({}, engineWithFast);
    await waitFor(assistant.fast.state, ({ isOffered }) => isOffered);
    await assistant.fast.set(true);
    expect(engine.asked('thread/settings/update')).toEqual([]);
  });

  test('goes back and says so when the engine refuses', async () => {
    const { assistant } = await readyAssistant(
      {},
      {
        ...engineWithFast,
        'config/value/write': () => {
          throw new Error('the file is read-only');
        },
      },
    );
    await waitFor(assistant.fast.state, ({ isOffered }) => isOffered);
    await assistant.fast.set(true);
    expect(assistant.fast.state.getSnapshot().isOn).toBe(false);
    const { entries } = assistant.conversation.getSnapshot();
    expect(entries).toMatchObject([
      { kind: 'note', text: 'Fast could not be changed: the file is read-only' },
    ]);
  });

  test('shows a feature that is fixed off as that: it stays as it is, and pressing or typing tells why', async () => {
    const requirements = {
      allowedLoginMethods: [],
      allowedApprovalPolicies: null,
      allowedApprovalsReviewers: null,
      allowedSandboxModes: null,
      featureRequirements: { fast_mode: false },
    };
    const { assistant, engine } = await readyAssistant(
      {},
      {
        ...engineWithFast,
        'experimentalFeature/list': () => ({
          data: [{ ...FAST_FEATURE, enabled: false }],
          nextCursor: null,
        }),
        'configRequirements/read': () => ({ supportsIndependentSpeedModes: true, requirements }),
      },
    );
    await waitFor(assistant.fast.state, ({ isOffered }) => isOffered);
    await assistant.fast.set(true);

    const words = 'Fast is fixed off for this machine by whoever looks after it.';
    expect(assistant.fast.state.getSnapshot()).toEqual({
      isOffered: true,
      isOn: false,
      fixed: words,
    });
    expect(assistant.conversation.getSnapshot().entries).toMatchObject([
      { kind: 'note', text: words },
    ]);
    expect(await assistant.fast.run('on')).toBe(words);
    expect(engine.asked('config/value/write')).toEqual([]);
  });

  test('follows what another client changes in the open conversation, and in no other', async () => {
    const { assistant, engine } = await readyAssistant({}, engineWithFast);
    await waitFor(assistant.fast.state, ({ isOffered }) => isOffered);
    await assistant.send('Hello');
    const threadSettings = {
      cwd: '/',
      model: 'practice-text',
      modelProvider: 'mine',
      serviceTier: 'fast',
      effort: null,
      summary: null,
      verbosity: null,
      approvalPolicy: 'on-request',
      approvalsReviewer: 'user',
      sandboxPolicy: { type: 'readOnly', networkAccess: false },
      activePermissionProfile: null,
      collaborationMode: {
        mode: 'default',
        settings: { model: 'practice-text', reasoning_effort: null, developer_instructions: null },
      },
      personality: null,
    } as const;
    engine.notify('thread/settings/updated', { threadId: 'other', threadSettings });
    expect(assistant.fast.state.getSnapshot().isOn).toBe(false);
    engine.notify('thread/settings/updated', { threadId, threadSettings });
    await waitFor(assistant.fast.state, ({ isOn }) => isOn);
    await assistant.newConversation();
    expect(assistant.fast.state.getSnapshot().isOn).toBe(false);
  });

  test('shows what an opened conversation runs with', async () => {
    const { assistant } = await readyAssistant(
      {},
      {
        ...engineWithFast,
        'thread/resume': ({ threadId: id }) => ({ ...sampleStart({ id }), serviceTier: 'fast' }),
      },
    );
    await assistant.openThread('old');
    await waitFor(assistant.fast.state, ({ isOffered, isOn }) => isOffered && isOn);
    await assistant.newConversation();
    expect(assistant.fast.state.getSnapshot()).toMatchObject({ isOffered: true, isOn: false });
  });

  test('is not there with an engine that knows nothing of it, and typing it says so', async () => {
    const { assistant, engine } = await readyAssistant(
      {},
      {
        'experimentalFeature/list': () => {
          throw new Error('unknown variant');
        },
      },
    );
    expect(assistant.fast.state.getSnapshot().isOffered).toBe(false);
    expect(await assistant.fast.run('toggle')).toContain('not offered');
    expect(engine.asked('config/value/write')).toEqual([]);
  });
});
