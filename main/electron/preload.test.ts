import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

import { build } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';

import { BRIDGE_KEY, type ShellBridge } from '../../app/bridge/contract.ts';
import { CONNECT_CHANNEL } from '../shell/index.ts';

// Built as for shipping, because a sandboxed preload is one plain script; and run in a context that
// has only what the sandbox has, so that reaching for anything else fails here.
let script: string;
beforeAll(async () => {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      ssr: true,
      rolldownOptions: {
        input: join(import.meta.dirname, '..', 'preload', 'preload.ts'),
        external: ['electron'],
        output: { format: 'cjs' },
      },
    },
  });
  const outputs = [result].flat().flatMap((each) => ('output' in each ? each.output : []));
  const chunks = outputs.flatMap((each) => (each.type === 'chunk' ? [each.code] : []));
  const [only, another] = chunks;
  if (only === undefined || another !== undefined) throw new Error('the preload is not one file');
  script = only;
});

function load() {
  const exposed = new Map<string, unknown>();
  const sent: { channel: string; message: unknown; ports: MessagePort[] }[] = [];
  const allowed: Record<string, unknown> = {
    electron: {
      contextBridge: {
        exposeInMainWorld: (key: string, value: unknown) => exposed.set(key, value),
      },
      ipcRenderer: {
        postMessage: (channel: string, message: unknown, ports: MessagePort[]) =>
          sent.push({ channel, message, ports }),
      },
    },
  };
  const sandboxRequire = (name: string): unknown => {
    if (Object.hasOwn(allowed, name)) return allowed[name];
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  // A realm of its own has none of Node's globals; a page's preload does have these two.
  runInNewContext(script, {
    require: sandboxRequire,
    module,
    exports: module.exports,
    MessageChannel,
    URL,
  });
  return { bridge: exposed.get(BRIDGE_KEY) as ShellBridge, exposed, sent };
}

/** The far end of a connection, as main would have received it. */
async function connect() {
  const { bridge, sent } = load();
  const channel = await bridge.connect();
  const far = sent[0]?.ports[0];
  if (far === undefined) throw new Error('no port was sent');
  return { channel, far, sent };
}

describe('the preload', () => {
  test('gives the page one object with a platform and a way to connect', () => {
    const { exposed, bridge, sent } = load();

    expect([...exposed.keys()]).toEqual([BRIDGE_KEY]);
    expect(Object.keys(bridge).toSorted()).toEqual(['connect', 'platform']);
    expect(bridge.platform).toBe('electron');
    expect(sent).toEqual([]);
  });

  test('sends one port on the one channel for each connection', async () => {
    const { channel, sent, far } = await connect();

    expect(sent).toMatchObject([{ channel: CONNECT_CHANNEL, message: null }]);
    expect(sent[0]?.ports).toHaveLength(1);
    expect(Object.keys(channel).toSorted()).toEqual([
      'close',
      'onClose',
      'onMessage',
      'postMessage',
    ]);
    channel.close();
    far.close();
  });

  test('carries messages both ways, those sent before anybody listened included', async () => {
    const { channel, far } = await connect();
    far.postMessage({ method: 'early' });
    const heard = new Promise((resolve) => {
      channel.onMessage(resolve);
    });
    const arrived = new Promise((resolve) => {
      far.on('message', resolve);
    });
    far.start();
    channel.postMessage({ id: 1, method: 'initialize' });

    expect(await heard).toEqual({ method: 'early' });
    expect(await arrived).toEqual({ id: 1, method: 'initialize' });
    channel.close();
  });

  test('tells the page once that the other side went away', async () => {
    const { channel, far } = await connect();
    let count = 0;
    const closed = new Promise<void>((resolve) => {
      channel.onClose(() => {
        count += 1;
        resolve();
      });
    });
    channel.onMessage(() => undefined);
    far.close();
    await closed;
    channel.close();
    channel.close();

    expect(count).toBe(1);
  });

  test('does not report an end that the page itself made', async () => {
    const { channel, far } = await connect();
    let count = 0;
    channel.onClose(() => {
      count += 1;
    });
    const gone = new Promise((resolve) => {
      far.once('close', resolve);
    });
    far.start();
    channel.close();
    await gone;

    expect(count).toBe(0);
  });
});
