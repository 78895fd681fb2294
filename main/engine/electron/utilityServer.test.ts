import { MessageChannel, type MessagePort } from 'node:worker_threads';

import { afterEach, expect, test } from 'vitest';

import { createPortTransport } from '../../../core/rpc/index.ts';
import { FakeEngine } from '../../testing/index.ts';
import { type ElectronPort, portFromElectron } from './electronPort.ts';
import { serveUtility, type UtilityParent } from './utilityServer.ts';

const opened: MessagePort[] = [];
afterEach(() => {
  for (const port of opened.splice(0)) port.close();
});

/** A real port, shown the way Electron shows one. */
function electronPort(port: MessagePort): ElectronPort {
  const listen = (event: 'message' | 'close', listener: (value: { data: unknown }) => void) =>
    event === 'close'
      ? port.on('close', () => {
          listener({ data: undefined });
        })
      : port.on('message', (data: unknown) => {
          listener({ data });
        });
  return {
    postMessage: (message) => {
      port.postMessage(message);
    },
    on: listen,
    start: () => {
      port.start();
    },
    close: () => {
      port.close();
    },
  };
}

function channel() {
  const { port1, port2 } = new MessageChannel();
  opened.push(port1, port2);
  return { page: port1, port: electronPort(port2) };
}

function parent() {
  let listener: Parameters<UtilityParent['on']>[1] | undefined;
  const port: UtilityParent = {
    on: (_event, given) => {
      listener = given;
    },
    postMessage: () => undefined,
  };
  const bring = (...ports: ElectronPort[]): void => {
    listener?.({ data: { type: 'connect' }, ports });
  };
  return { port, bring };
}

const createTransport = (port: ElectronPort) => createPortTransport(portFromElectron(port));

test('every port main brings is one more client of the one engine', async () => {
  const engine = new FakeEngine((message, connection) => {
    connection.send({ id: 1, result: message });
  });
  const { port, bring } = parent();
  await serveUtility(port, {
    startEngine: async () => engine,
    createTransport,
    fail: () => undefined,
    lose: () => undefined,
  });
  const first = channel();
  const second = channel();
  bring(first.port);
  bring(second.port);
  const answers = [first, second].map(({ page }, index) => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    page.once('message', resolve);
    page.postMessage({ id: 1, method: `client${index}` });
    return promise;
  });

  expect(await Promise.all(answers)).toEqual([
    { id: 1, result: { id: 1, method: 'client0' } },
    { id: 1, result: { id: 1, method: 'client1' } },
  ]);
  expect(engine.connections).toHaveLength(2);
});

test('what the page says before the engine is up is not lost', async () => {
  const engine = new FakeEngine();
  const started = Promise.withResolvers<FakeEngine>();
  const { port, bring } = parent();
  const connected = engine.nextConnection();
  const done = serveUtility(port, {
    startEngine: () => started.promise,
    createTransport,
    fail: () => undefined,
    lose: () => undefined,
  });
  const { page, port: far } = channel();
  bring(far);
  page.postMessage({ id: 1, method: 'initialize' });
  started.resolve(engine);
  await done;
  const connection = await connected;
  await connection.until(() => connection.received.length === 1);

  expect(connection.received).toEqual([{ id: 1, method: 'initialize' }]);
});

test('the page going away ends its connection', async () => {
  const engine = new FakeEngine();
  const { port, bring } = parent();
  await serveUtility(port, {
    startEngine: async () => engine,
    createTransport,
    fail: () => undefined,
    lose: () => undefined,
  });
  const { page, port: far } = channel();
  const connected = engine.nextConnection();
  bring(far);
  const connection = await connected;
  page.close();
  await connection.until(() => connection.isClosed);

  expect(connection.isClosed).toBe(true);
});

test('an engine that cannot start is reported once and the page sees the end', async () => {
  const failures: unknown[] = [];
  const { port, bring } = parent();
  const error = new Error('config.toml is broken');
  const { page, port: far } = channel();
  const closed = new Promise((resolve) => {
    page.once('close', resolve);
  });
  const done = serveUtility(port, {
    startEngine: async () => {
      throw error;
    },
    createTransport,
    fail: (reason) => failures.push(reason),
    lose: () => undefined,
  });
  bring(far);
  await Promise.all([done, closed]);

  expect(failures).toEqual([error]);
});
