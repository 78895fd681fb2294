import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '../base/index.ts';
import { createEngine, type Engine } from '../index.ts';
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamStep,
} from '../model/testing/index.ts';
import type { ClientCapabilities } from '../protocol/index.ts';
import { createMemoryTransportPair } from '../rpc/index.ts';
import { RpcProbe } from './rpcProbe.ts';
import { type ScriptedRealtime, startScriptedRealtime } from './scriptedRealtime.ts';

export type TestEngineOptions = {
  /** What the Responses upstream does: the n-th request gets the n-th script, later ones the last. */
  readonly scripts?: readonly (readonly UpstreamStep[])[];
  /** The same for models that are asked beside the thread's own. */
  readonly models?: Readonly<Record<string, readonly (readonly UpstreamStep[])[]>>;
  /** The provider that is chosen; the scripted one unless `provider` brings another table. */
  readonly modelProvider?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More lines of config.toml, before its tables. */
  readonly config?: string;
  /** Further lines of the provider's own table. */
  readonly provider?: string;
  /** Of requests to the provider; none unless given. */
  readonly requestMaxRetries?: number;
  readonly clock?: Clock;
  /** `requirements.toml` of the machine, which has none unless given. */
  readonly requirements?: string;
  /** Values of `-c`. */
  readonly overrides?: readonly string[];
};

/** An engine with a home of its own whose only provider is two scripted servers on loopback. */
export type TestEngine = AsyncDisposable & {
  readonly home: string;
  /** Where settings and requirements for all users stand. */
  readonly systemFolder: string;
  readonly upstream: ScriptedUpstream;
  readonly realtime: ScriptedRealtime;
  /** A client that has not said hello. */
  connect(): RpcProbe;
  /** A client that has, with the experimental methods unless told otherwise. */
  client(capabilities?: ClientCapabilities & { readonly name?: string }): Promise<RpcProbe>;
  /** The engine ends as a process would and another one starts over the same home. */
  restart(): Promise<void>;
  readonly engine: Engine;
};

export async function startTestEngine(options: TestEngineOptions = {}): Promise<TestEngine> {
  const home = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const upstream = await startScriptedUpstream(
    options.scripts ?? [[{ head: { status: 500 } }]],
    options.models === undefined ? {} : { models: options.models },
  );
  const realtime = await startScriptedRealtime();
  await writeFile(
    join(home, 'config.toml'),
    `model = "test-model"
model_provider = "${options.modelProvider ?? 'scripted'}"
experimental_realtime_ws_base_url = "${realtime.url.href}"
experimental_realtime_webrtc_call_base_url = "${realtime.url.href.replace('ws:', 'http:')}"
${options.config ?? ''}
[model_providers.scripted]
name = "Scripted"
base_url = "${upstream.url.href}"
experimental_bearer_token = "sk-test"
request_max_retries = ${options.requestMaxRetries ?? 0}
stream_max_retries = 0
${options.provider ?? ''}
`,
  );
  // Beside nothing of this machine's own, which a test must not see.
  const systemFolder = join(home, 'system');
  if (options.requirements !== undefined) {
    await mkdir(systemFolder);
    await writeFile(join(systemFolder, 'requirements.toml'), options.requirements);
  }
  const start = async (): Promise<Engine> =>
    createEngine({
      home,
      systemFolder,
      cwd: home,
      env: options.env ?? {},
      configOverrides: options.overrides ?? [],
      enable: [],
      disable: [],
      version: '0.0.0-test',
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    });
  let engine = await start();

  const connect = (): RpcProbe => {
    const [near, far] = createMemoryTransportPair();
    engine.connect(far);
    return new RpcProbe(near);
  };
  return {
    home,
    systemFolder,
    upstream,
    realtime,
    connect,
    async client({ name, ...capabilities } = {}) {
      const probe = connect();
      await probe.hello(name ?? 'probe', { experimentalApi: true, ...capabilities });
      return probe;
    },
    async restart() {
      await engine.close();
      engine = await start();
    },
    get engine() {
      return engine;
    },
    async [Symbol.asyncDispose]() {
      await engine.close();
      await Promise.all([upstream.close(), realtime.close()]);
      await rm(home, { recursive: true, force: true });
    },
  };
}
