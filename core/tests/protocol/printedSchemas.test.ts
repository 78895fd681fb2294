import { spawnSync } from 'node:child_process';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { expect, test } from 'vitest';

import { callAnswer, messageAnswer } from '../../model/testing/index.ts';
import { jsonSchemaFiles, protocolSchema, typeDeclarations } from '../../protocol/schema/index.ts';
import { clientRequests, serverNotifications } from '../../protocol/index.ts';
import { createMemoryTransportPair } from '../../rpc/index.ts';
import {
  answering,
  asked,
  checkSchemas,
  COLOUR,
  RpcProbe,
  startTestEngine,
  startVoice,
} from '../../testing/index.ts';

test('what a client and the engine say to one another is as the printed schema has it', async () => {
  using check = checkSchemas();
  await using bench = await startTestEngine({
    scripts: [
      [{ events: messageAnswer('Hello') }],
      [
        {
          events: callAnswer({
            name: 'request_user_input',
            arguments: { questions: [COLOUR] },
            callId: 'ask_1',
          }),
        },
      ],
      [{ events: messageAnswer('Fine', { response: 'resp_3', item: 'msg_3' }) }],
      [{ head: { status: 429 } }],
    ],
    config: 'modle = "x"',
  });
  const { probe, threadId } = await startVoice(bench);
  await probe.turn(threadId, 'Hi');
  await probe.notification('turn/completed');
  await probe.turn(threadId, 'Ask me');
  probe.send(answering((await asked(probe)).id, 'Teal'));
  await probe.notification('turn/completed', 2);
  await probe.turn(threadId, 'Fail');
  await probe.notification('turn/completed', 3);
  await probe.call('thread/realtime/appendText', { threadId, text: 'typed' });
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');

  await probe.call('thread/resume', { threadId });
  await probe.call('thread/read', { threadId, includeTurns: true });
  await probe.call('thread/list', {});
  await probe.call('thread/loaded/list', {});
  await probe.call('thread/timeline/list', { threadId });
  await probe.call('thread/settings/update', { threadId, effort: 'low' });
  await probe.call('thread/realtime/listVoices', {});
  await probe.call('model/list', {});
  await probe.call('config/read', { includeLayers: true });
  await probe.call('configRequirements/read', {});
  await probe.call('experimentalFeature/list', {});
  await probe.call('permissionProfile/list', {});
  await probe.call('skills/list', {});
  await probe.call('collaborationMode/list', {});
  await probe.call('mcpServerStatus/list', {});
  await probe.call('config/mcpServer/reload', {});
  await probe.call('account/read', {});
  const edit = { keyPath: 'model_verbosity', value: 'low', mergeStrategy: 'replace' } as const;
  await probe.call('config/value/write', edit);
  await probe.call('fs/writeFile', { path: join(bench.home, 'x'), dataBase64: 'eA==' });
  await probe.call('fs/readFile', { path: join(bench.home, 'x') });
  await probe.call('fs/readDirectory', { path: bench.home });
  await probe.call('fs/getMetadata', { path: bench.home });
  await probe.call('command/exec', {
    command: ['/bin/echo', 'hi'],
    processId: 'p',
    streamStdoutStderr: true,
    sandboxPolicy: { type: 'dangerFullAccess' },
  });
  await probe.call('thread/unsubscribe', { threadId });

  expect(check.violations).toEqual([]);
  expect(check.counts).toMatchObject({ question: 1, answer: 1 });
  expect(check.counts['notification']).toBeGreaterThan(40);
});

test('a message that is not as the tables have it is found', async () => {
  using own = checkSchemas();
  const [near, far] = createMemoryTransportPair();
  const probe = new RpcProbe(near);

  probe.send({ id: 1, method: 'fs/readFile', params: { path: '/x' } });
  far.send({ id: 1, result: { dataBase64: 5 } });
  far.send({ method: 'no/such/notification', params: {} });
  await probe.notification('no/such/notification');

  expect(own.violations).toEqual([
    'result fs/readFile: /dataBase64 must be string',
    'notification no/such/notification: there is no type NoSuchNotificationNotification',
  ]);
});

// Formats are for people who read the schema: validators know different ones.
const AJV_OPTIONS = { strict: true, strictTypes: false, validateFormats: false } as const;
const all = protocolSchema({ isExperimental: true });
const stable = protocolSchema({ isExperimental: false });

test('every method and notification has its types, and every file is whole in itself', () => {
  const files = jsonSchemaFiles(all);
  const ajv = new Ajv(AJV_OPTIONS);

  for (const schema of files.values()) ajv.compile(schema);
  expect(all.unions.ClientRequest.map(({ method }) => method)).toEqual(Object.keys(clientRequests));
  expect(all.unions.ServerNotification.map(({ method }) => method)).toEqual(
    Object.keys(serverNotifications),
  );
  for (const { params } of [...all.unions.ClientRequest, ...all.unions.ServerNotification]) {
    expect(files.keys()).toContain(`v2/${params ?? ''}.json`);
  }
});

test('a message of a union is told from another one', () => {
  const validate = new Ajv(AJV_OPTIONS).compile(
    jsonSchemaFiles(all).get('ClientRequest.json') ?? {},
  );

  expect(validate({ id: 1, method: 'fs/readFile', params: { path: '/x' } })).toBe(true);
  expect(validate({ id: 1, method: 'fs/readFile', params: { path: 5 } })).toBe(false);
  expect(validate({ id: 1, method: 'fs/readFile', params: { path: '/x', more: 1 } })).toBe(true);
  expect(validate({ id: 1, method: 'config/mcpServer/reload' })).toBe(true);
  expect(validate({ id: 1, method: 'no/such/method', params: {} })).toBe(false);
});

test('what is experimental is printed for those who ask for it', () => {
  const methods = stable.unions.ClientRequest.map(({ method }) => method);
  const fields = (schema: typeof all): string[] =>
    Object.keys(schema.definitions.get('ThreadStartParams')?.['properties'] ?? {});

  expect(methods).toContain('thread/start');
  expect(methods).not.toContain('thread/realtime/start');
  expect(fields(all)).toContain('permissions');
  expect(fields(stable)).not.toContain('permissions');
  expect(fields(stable)).toContain('cwd');
});

test.each([
  ['all of it', all],
  ['the stable part', stable],
])('the compiler reads the printed types: %s', async (_name, schema) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-types-'));
  await writeFile(join(folder.path, 'index.ts'), typeDeclarations(schema));
  await writeFile(
    join(folder.path, 'use.ts'),
    `import type { ClientRequest, ServerResponses } from './index.ts';
export const good: ClientRequest = { id: 1, method: 'fs/readFile', params: { path: '/x' } };
// @ts-expect-error -- a path is text
export const bad: ClientRequest = { id: 1, method: 'fs/readFile', params: { path: 5 } };
export const read = (answer: ServerResponses['fs/readFile']): string => answer.dataBase64;
`,
  );

  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    module: 'nodenext',
    types: [],
  };
  await writeFile(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions }));

  const compiler = join(import.meta.dirname, '../../../node_modules/.bin/tsc');
  const { stdout } = spawnSync(compiler, ['-p', folder.path], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
