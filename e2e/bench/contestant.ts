import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { cleanEnvironment } from '../support/index.ts';
import { Arrivals } from './arrivals.ts';
import { builds, launcherOf } from './builds.ts';
import type { BenchOptions } from './row.ts';
import { Upstream, type UpstreamLink } from './upstream.ts';

const RELAY = join(import.meta.dirname, 'relay.cjs');
const STOP_TIMEOUT_MS = 3000;
const LINE_END = 0x0a;

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: { readonly thread?: { readonly id: string } };
  readonly error?: { readonly message: string };
};

/** Set to write down what each part of a contestant costs: `--cpu-prof` reaches ours and the relay. */
const nodeFlags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');

/** A program under measurement: an app-server over standard input and output with a voice session. */
export class Contestant implements AsyncDisposable {
  readonly name: string;
  readonly link: UpstreamLink;
  /** Everything it says, message by message. */
  readonly messages: Arrivals<Message>;
  /** While set, gets what the program prints as it is, instead of `messages`. */
  onBytes: ((chunk: Buffer, atMs: number) => void) | undefined;
  /** When its process was spawned, and which one it is. */
  readonly spawnedMs: number;
  /** What its first `thread/start` took, right behind `initialize`. */
  firstThreadMs = 0;
  readonly #child: ChildProcessWithoutNullStreams;
  /** Where it keeps its threads. */
  readonly home: string;
  #rest: readonly Buffer[] = [];
  #nextId = 1;
  #threadId = '';

  private constructor(
    name: string,
    link: UpstreamLink,
    home: string,
    child: ChildProcessWithoutNullStreams,
    spawnedMs: number,
  ) {
    this.name = name;
    this.spawnedMs = spawnedMs;
    this.link = link;
    this.home = home;
    this.#child = child;
    this.messages = new Arrivals(name);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2000);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      const atMs = performance.now();
      if (this.onBytes === undefined) this.#take(chunk, atMs);
      else this.onBytes(chunk, atMs);
    });
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => {
      this.messages.fail(error);
    });
    child.once('close', (code) => {
      this.messages.fail(new Error(`${name} ended (${String(code)}): ${errors}`));
    });
  }

  static async start(
    name: string,
    command: readonly [string, ...string[]],
    upstream: Upstream,
  ): Promise<Contestant> {
    const home = await mkdtemp(join(tmpdir(), 'parley-bench-'));
    const cwd = join(home, 'work');
    await mkdir(cwd);
    await writeFile(join(home, 'config.toml'), config(upstream.baseUrl(name)));
    const [program, ...args] = command;
    const spawnedMs = performance.now();
    const child = spawn(program, args, {
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...cleanEnvironment(process.env),
        HOME: home,
        PARLEY_HOME: home,
        CODEX_HOME: home,
        RUST_LOG: 'error',
      },
    });
    const contestant = new Contestant(name, upstream.linkOf(name), home, child, spawnedMs);
    try {
      await contestant.request('initialize', {
        clientInfo: { name: 'bench', title: null, version: '1.0.0' },
        capabilities: { experimentalApi: true },
      });
      contestant.write(JSON.stringify({ method: 'initialized' }));
      contestant.firstThreadMs = await contestant.startThread();
      return contestant;
    } catch (error) {
      await contestant[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Starts another thread and gives the milliseconds that took; requests are about it from now on. */
  async startThread(): Promise<number> {
    const beganMs = performance.now();
    const { result } = await this.request('thread/start', { cwd: join(this.home, 'work') });
    this.#threadId = result?.thread?.id ?? '';
    return performance.now() - beganMs;
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Request lines of this thread, ready to be written; answers carry the ids from `firstId` up. */
  prepare(method: string, params: readonly Readonly<Record<string, unknown>>[]): PreparedRequests {
    const firstId = this.#nextId;
    this.#nextId += params.length;
    const lines = params.map((own, index) =>
      JSON.stringify({
        id: firstId + index,
        method,
        params: { threadId: this.#threadId, ...own },
      }),
    );
    return { firstId, lines };
  }

  async request(method: string, params: Readonly<Record<string, unknown>>): Promise<Message> {
    const id = this.#nextId;
    this.#nextId += 1;
    const answered = this.messages.next(`answer to ${method}`, (message) => message.id === id);
    this.write(JSON.stringify({ id, method, params }));
    const { value } = await answered;
    if (value.error !== undefined) {
      throw new Error(`${this.name} refused ${method}: ${value.error.message}`);
    }
    return value;
  }

  /** Opens the voice session; the milliseconds until it was announced as started. */
  async startVoice(): Promise<number> {
    const configured = this.link.events.next(
      'session.update',
      ({ type }) => type === 'session.update',
    );
    const started = this.messages.next(
      'thread/realtime/started',
      ({ method }) => method === 'thread/realtime/started',
    );
    const startedMs = performance.now();
    await this.request('thread/realtime/start', {
      threadId: this.#threadId,
      outputModality: 'audio',
      prompt: '',
      includeStartupContext: false,
    });
    const [{ atMs }] = await Promise.all([started, configured]);
    return atMs - startedMs;
  }

  async stopVoice(): Promise<void> {
    const closed = this.messages.next(
      'thread/realtime/closed',
      ({ method }) => method === 'thread/realtime/closed',
    );
    await this.request('thread/realtime/stop', { threadId: this.#threadId });
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.once('close', () => {
        resolve();
      });
      // The end of the input is the polite way out; a profile is written then.
      this.#child.stdin.end();
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await promise;
      clearTimeout(timer);
    }
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
  }

  #take(chunk: Buffer, atMs: number): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_END, start);
      if (end === -1) break;
      const line = Buffer.concat([...this.#rest, chunk.subarray(start, end)]);
      this.#rest = [];
      start = end + 1;
      this.messages.deliver(JSON.parse(line.toString('utf8')) as Message, atMs);
    }
    if (start < chunk.length) this.#rest = [...this.#rest, chunk.subarray(start)];
  }
}

type PreparedRequests = { readonly firstId: number; readonly lines: readonly string[] };

/** config.toml of a home folder whose only provider is the scripted one. */
export function config(baseUrl: string): string {
  return `model = "bench"
model_provider = "bench"
chatgpt_base_url = "${baseUrl}/backend-api/"
check_for_update_on_startup = false
approval_policy = "never"
sandbox_mode = "read-only"
web_search = "disabled"
experimental_realtime_ws_base_url = "${baseUrl}"

[analytics]
enabled = false

[model_providers.bench]
name = "Bench"
base_url = "${baseUrl}"
wire_api = "responses"
experimental_bearer_token = "bench"
request_max_retries = 0
stream_max_retries = 0
supports_websockets = false
`;
}

type Rivals = Pick<BenchOptions, 'before' | 'peer'>;

/** The app-servers to compare, as names and command lines: ours, the commit before, the peer. */
export function programs({
  before,
  peer,
}: Rivals): readonly (readonly [string, readonly [string, ...string[]]])[] {
  const own = builds(before).map(
    (build) =>
      [build.name, [process.execPath, ...nodeFlags, launcherOf(build), 'app-server']] as const,
  );
  return peer === undefined ? own : [...own, ['peer', [peer, 'app-server']]];
}

/** The contestants of one benchmark: ours first, then the relay (where it can take part), then the others. */
export class Field implements AsyncDisposable {
  readonly contestants: readonly Contestant[];
  readonly #owned: AsyncDisposableStack;

  private constructor(contestants: readonly Contestant[], owned: AsyncDisposableStack) {
    this.contestants = contestants;
    this.#owned = owned;
  }

  static async start(options: Rivals & { readonly relay: boolean }): Promise<Field> {
    await using owned = new AsyncDisposableStack();
    const upstream = owned.use(await Upstream.start());
    const commands: (readonly [string, readonly [string, ...string[]]])[] = [...programs(options)];
    if (options.relay) {
      const address = `${upstream.baseUrl('relay').replace('http', 'ws')}/realtime`;
      commands.splice(1, 0, ['relay', [process.execPath, ...nodeFlags, RELAY, address]]);
    }
    const contestants: Contestant[] = [];
    for (const [name, command] of commands) {
      contestants.push(owned.use(await Contestant.start(name, command, upstream)));
    }
    return new Field(contestants, owned.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
