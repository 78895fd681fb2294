import { Emitter } from '../../../../core/base/index.ts';
import { ManualClock } from '../../../../core/base/testing/index.ts';
import {
  AppServerClient,
  type NotificationMethod,
  type NotificationParamsOf,
  type ServerRequestMethod,
  type ServerRequestParamsOf,
  type Turn,
} from '../../../../core/protocol/index.ts';
import { sampleStart, ScriptedEngine } from '../../../../core/protocol/testing/index.ts';
import { encodePcm, writeWav } from '../../../../realtime/audio/index.ts';
import { tone } from '../../../../realtime/audio/testing/index.ts';
import { runTalk, type TalkOptions } from '../index.ts';
import { FakeCall } from './fakeCall.ts';
import { MemoryFiles } from './memoryFiles.ts';

export const THREAD_ID = '0199a000-0000-7000-8000-000000000001';

/** How long the question is that is spoken unless a test puts another file there. */
export const INPUT_MS = 400;
export const question = writeWav({
  sampleRateHz: 24_000,
  channels: 1,
  samples: tone(440, INPUT_MS),
});

/** One run of the command against a fake engine, with the clock in the test's hand. */
export class TalkRun {
  readonly engine = new ScriptedEngine({
    initialize: () => ({
      userAgent: 'fake',
      codexHome: '/home',
      platformFamily: 'unix',
      platformOs: 'linux',
    }),
    'thread/start': () => sampleStart({ id: THREAD_ID }),
  });
  readonly files = new MemoryFiles();
  readonly clock = new ManualClock();
  readonly call = new FakeCall();
  readonly abort = new AbortController();
  stdout = '';
  stderr = '';
  readonly exitCode: Promise<number>;

  constructor(
    options: Partial<TalkOptions> = {},
    prepare: (talk: TalkRun) => void = () => undefined,
    isStderrTty = false,
  ) {
    this.files.contents.set('in.wav', question);
    prepare(this);
    this.exitCode = runTalk(
      {
        inputPath: 'in.wav',
        transport: 'websocket',
        text: false,
        json: false,
        cwd: '/work',
        version: '1.2.3',
        ...options,
      },
      {
        client: new AppServerClient(
          this.engine.connect(),
          new Emitter((error) => {
            throw error;
          }),
        ),
        files: this.files,
        clock: this.clock,
        loadCaller: async () => this.call.caller,
        signal: this.abort.signal,
        io: {
          stdout: { write: (text) => (this.stdout += text) },
          stderr: { write: (text) => (this.stderr += text) },
          isStderrTty,
        },
      },
    );
  }

  /** Starts a talk up to the moment the microphone is open. */
  static async open(...args: ConstructorParameters<typeof TalkRun>): Promise<TalkRun> {
    const talk = new TalkRun(...args);
    await talk.engine.requested('thread/realtime/start');
    talk.notify('thread/realtime/started', {
      sessionId: 's1',
      realtimeSessionId: 's1',
      version: 'v2',
      model: 'practice-voice',
      modelProvider: 'practice',
    });
    return talk;
  }

  /** Says something about the talk's thread, or another one. */
  notify<M extends NotificationMethod>(
    method: M,
    params: Omit<NotificationParamsOf<M>, 'threadId'> & { readonly threadId?: string },
  ): void {
    const whole: unknown = { threadId: THREAD_ID, ...params };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one member left out is there
    this.engine.notify(method, whole as NotificationParamsOf<M>);
  }

  /** Asks the client something in the name of the talk's thread. */
  ask<M extends ServerRequestMethod>(
    id: number,
    method: M,
    params: Omit<ServerRequestParamsOf<M>, 'threadId'>,
  ): void {
    const whole: unknown = { threadId: THREAD_ID, ...params };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one member left out is there
    this.engine.ask(id, method, whole as ServerRequestParamsOf<M>);
  }

  /** Moves the clock, in steps that let the engine answer in between. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      this.clock.advance(Math.min(1_000, left));
      await new Promise(setImmediate);
    }
  }

  async speak(): Promise<void> {
    this.notify('thread/realtime/speech/started', { itemId: 'i1', audioStartMs: 0 });
    await this.pass(INPUT_MS + 500);
    this.notify('thread/realtime/speech/stopped', { itemId: 'i1', audioEndMs: 900 });
  }

  begin(responseId = 'r1'): void {
    this.notify('thread/realtime/response/started', { responseId });
  }

  complete(responseId = 'r1', status = 'completed'): void {
    this.notify('thread/realtime/response/completed', { responseId, status, usage: null });
  }

  answer(samples: Int16Array, sampleRate = 24_000): void {
    this.notify('thread/realtime/outputAudio/delta', {
      audio: {
        data: encodePcm(samples),
        sampleRate,
        numChannels: 1,
        samplesPerChannel: samples.length,
        itemId: 'a1',
      },
    });
  }

  says(role: 'user' | 'assistant', text: string): void {
    this.notify('thread/realtime/transcript/done', { role, text });
  }

  turn(method: 'turn/started' | 'turn/completed', turn: Partial<Turn> = {}): void {
    const whole: Turn = {
      id: 't1',
      rootTurnId: 't1',
      items: [],
      itemsView: 'notLoaded',
      status: method === 'turn/started' ? 'inProgress' : 'completed',
      error: null,
      startedAt: 0,
      completedAt: null,
      durationMs: null,
      delegation: { callId: 'c1', prompt: 'count the files' },
      ...turn,
    };
    this.notify(method, { turn: whole });
  }

  events(): readonly unknown[] {
    return this.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  }
}
