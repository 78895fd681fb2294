import { errorText, type Timer, type Unsubscribe } from '../../../../core/base/index.ts';
import {
  type NotificationMethod,
  PARLEY_EXTENSION,
  type ParamsOf,
} from '../../../../core/protocol/index.ts';
import { measureLevel } from '../../../../realtime/audio/index.ts';
import { type TalkDeps, TalkFailure, type TalkOptions } from '../options.ts';
import type { LevelLine, TalkReport } from '../output/index.ts';
import {
  type AnswerFile,
  CallMedia,
  SocketMedia,
  type MediaConnection,
  type MediaEvents,
} from '../sound/index.ts';
import { LIMITS, START_LIMIT_MS, WORDS } from './limits.ts';
import { isHandoff, isOfThread, type ThreadListener } from './notifications.ts';
import { leaveToVoice, questionLine } from './questions.ts';
import { stopVoice } from './stopVoice.ts';
import { initialTalk, step, type TalkInput, waitingFor } from './talkState.ts';
import { TaskWatch } from './taskWatch.ts';

/** Sound below this share of full scale is none. */
const SILENT_RMS = 0.002;

export type TalkEnd = 'finished' | 'interrupted';

/** One talk from `thread/start` to `thread/realtime/stop`. Made for a single `run`. */
export class TalkSession {
  readonly #options: TalkOptions;
  readonly #deps: TalkDeps;
  readonly #report: TalkReport;
  readonly #progress: LevelLine;
  readonly #answer: AnswerFile;
  readonly #samples: Int16Array;
  readonly #end = Promise.withResolvers<TalkEnd>();
  readonly #subscriptions: Unsubscribe[] = [];
  readonly #tasks: TaskWatch;
  #threadId: string | undefined;
  #media: MediaConnection | undefined;
  #live = false;
  #isDictation = false;
  #over = false;
  #state = initialTalk;
  #timer: Timer | undefined;
  #assistantWords = '';
  /** What can be said now, until it has been told. */
  #phrases: readonly string[] = [];

  constructor(parts: {
    readonly options: TalkOptions;
    readonly samples: Int16Array;
    readonly deps: TalkDeps;
    readonly report: TalkReport;
    readonly progress: LevelLine;
    readonly answer: AnswerFile;
  }) {
    this.#options = parts.options;
    this.#deps = parts.deps;
    this.#report = parts.report;
    this.#progress = parts.progress;
    this.#answer = parts.answer;
    this.#samples = parts.samples;
    this.#tasks = new TaskWatch({
      on: (method, handle) => {
        this.#on(method, handle);
      },
      report: parts.report,
      onInput: (input) => {
        this.#take(input);
      },
    });
  }

  /** Rejects with the first thing that went wrong; in any case everything it began has ended. */
  async run(): Promise<TalkEnd> {
    const { client, signal, clock } = this.#deps;
    // Awaited below in every case; this keeps an early end from counting as unhandled until then.
    this.#end.promise.catch(() => undefined);
    const onAbort = (): void => {
      this.#finish('interrupted');
    };
    if (signal.aborted) return 'interrupted';
    signal.addEventListener('abort', onAbort);
    this.#subscribe();
    this.#timer = clock.after(START_LIMIT_MS, () => {
      this.#fail(`The voice session did not start within ${START_LIMIT_MS / 1000} s.`);
    });
    try {
      this.#start().catch((error: unknown) => {
        this.#fail(errorText(error), error);
      });
      return await this.#end.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#timer.cancel();
      for (const unsubscribe of this.#subscriptions) unsubscribe();
      await this.#media?.close();
      if (this.#threadId !== undefined) await stopVoice(client, clock, this.#threadId);
    }
  }

  /** What became of a background task that did not succeed. */
  get taskProblem(): string | undefined {
    return this.#tasks.problem;
  }

  async #start(): Promise<void> {
    const { client } = this.#deps;
    const { cwd, prompt, text, version } = this.#options;
    await client.initialize({
      clientInfo: { name: 'parley-talk', title: 'Parley talk', version },
      capabilities: { experimentalApi: true, extensions: PARLEY_EXTENSION },
    });
    if (this.#over) return;
    const { thread } = await client.request('thread/start', { cwd });
    if (this.#over) return;
    this.#threadId = thread.id;
    const media = await this.#openMedia(thread.id);
    this.#media = media;
    if (this.#over) {
      await media.close();
      return;
    }
    const params: ParamsOf<'thread/realtime/start'> = {
      threadId: thread.id,
      outputModality: text ? 'text' : 'audio',
      transport: media.transport,
      // What comes in is heard to its end: it goes into a file.
      interruption: 'on',
      ...(prompt === undefined ? {} : { prompt }),
    };
    await client.request('thread/realtime/start', params);
  }

  async #openMedia(threadId: string): Promise<MediaConnection> {
    const { client, clock, loadCaller } = this.#deps;
    const samples = this.#samples;
    const events: MediaEvents = {
      onSpoken: (spoken) => {
        this.#showProgress(measureLevel(spoken).rms);
      },
      onInputOver: () => {
        this.#take({ type: 'inputOver' });
      },
      onHeard: (heard) => {
        this.#hear(heard);
      },
      onWarning: (message) => {
        this.#report({ type: 'warning', message });
      },
      onProblem: (message, cause) => {
        this.#fail(message, cause);
      },
    };
    return this.#options.transport === 'webrtc'
      ? CallMedia.open(await loadCaller(), clock, samples, events)
      : new SocketMedia({ client, clock, threadId, samples }, events);
  }

  #subscribe(): void {
    this.#on('thread/realtime/started', (started) => {
      if (this.#live) return;
      this.#live = true;
      this.#isDictation = started.sessionType === 'transcription';
      this.#report({
        type: 'started',
        threadId: started.threadId,
        sessionId: started.realtimeSessionId,
        model: started.model ?? null,
        modelProvider: started.modelProvider ?? null,
      });
      this.#take({ type: 'activity' });
      this.#media?.begin();
    });
    this.#on('thread/realtime/sdp', ({ sdp }) => {
      this.#media?.takeAnswer(sdp);
    });
    this.#on('thread/realtime/speech/started', ({ audioStartMs }) => {
      this.#report({ type: 'speech', state: 'started', ms: audioStartMs });
      this.#take({ type: 'speechStarted' });
    });
    this.#on('thread/realtime/speech/stopped', ({ audioEndMs }) => {
      this.#report({ type: 'speech', state: 'stopped', ms: audioEndMs });
      this.#take({ type: 'speechStopped' });
    });
    this.#on('thread/realtime/response/started', ({ responseId }) => {
      this.#report({ type: 'response', id: responseId, status: 'started' });
      this.#take({ type: 'responseStarted', responseId });
    });
    this.#on('thread/realtime/response/completed', ({ responseId, status }) => {
      this.#endResponse(responseId, status);
    });
    this.#on('thread/realtime/outputAudio/delta', ({ audio }) => {
      this.#take({ type: 'activity' });
      this.#media?.takeAudio(audio);
    });
    const heard = (audible: boolean) => (): void => {
      this.#take({ type: 'audible', audible });
      this.#media?.listen(audible);
    };
    this.#on('thread/realtime/outputAudioBuffer/started', heard(true));
    this.#on('thread/realtime/outputAudioBuffer/stopped', heard(false));
    this.#on('thread/realtime/outputAudioBuffer/cleared', heard(false));
    this.#on('thread/realtime/transcript/delta', ({ role, delta }) => {
      if (role === 'assistant') this.#assistantWords += delta;
      this.#take({ type: 'activity' });
    });
    this.#on('thread/realtime/transcript/done', ({ role, text }) => {
      if (role === 'assistant') this.#assistantWords = '';
      this.#report({ type: 'transcript', role, text });
      if (role === 'user' && text.trim() === '') this.#tellPhrases();
      this.#take({ type: this.#isDictation && role === 'user' ? 'writtenDown' : 'activity' });
    });
    this.#on('thread/realtime/phrases/updated', ({ phrases }) => {
      this.#phrases = phrases;
    });
    this.#on('thread/realtime/transcript/failed', ({ message }) => {
      this.#report({ type: 'transcript', role: 'user', text: '', failure: message });
      this.#take({ type: this.#isDictation ? 'writtenDown' : 'activity' });
    });
    this.#on('thread/realtime/itemAdded', ({ item }) => {
      if (isHandoff(item)) this.#take({ type: 'handedOver' });
    });
    this.#tasks.follow();
    this.#answerQuestions();
    this.#subscribeToEnds();
  }

  #answerQuestions(): void {
    const { client, clock } = this.#deps;
    const isInputOver = (): boolean => this.#state.inputOver;
    this.#subscriptions.push(
      client.answer('item/tool/requestUserInput', async (params, asked) => {
        this.#report({ type: 'question', text: questionLine(params) });
        this.#take({ type: 'activity' });
        return leaveToVoice(asked, { clock, isInputOver });
      }),
    );
  }

  #subscribeToEnds(): void {
    this.#on('thread/realtime/error', ({ message, fatal }) => {
      // Before the session is up, an error is all that comes; `closed` does not follow it.
      if (!this.#live || fatal === true) this.#fail(message);
      else this.#report({ type: 'warning', message });
    });
    this.#on('thread/realtime/warning', ({ message }) => {
      this.#report({ type: 'warning', message });
    });
    this.#on('thread/realtime/closed', ({ reason, closeCode, detail }) => {
      const code = closeCode === null || closeCode === undefined ? '' : ` (code ${closeCode})`;
      const why = detail ?? reason ?? 'no reason given';
      this.#fail(`The voice session was closed: ${why}${code}.`);
    });
    this.#subscriptions.push(
      this.#deps.client.on('closed', () => {
        this.#fail('The engine went away.');
      }),
    );
  }

  /** Listens to this thread's notifications; those of other threads are none of this talk's. */
  #on<M extends NotificationMethod>(method: M, handle: ThreadListener<M>): void {
    const unsubscribe = this.#deps.client.on(method, (params) => {
      if (isOfThread<M>(params, this.#threadId)) handle(params);
    });
    this.#subscriptions.push(unsubscribe);
  }

  #take(input: TalkInput): void {
    this.#state = step(this.#state, input);
    const limit = LIMITS[waitingFor(this.#state)];
    this.#timer?.cancel();
    if (limit.ms === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#deps.clock.after(limit.ms, () => {
      if (limit.problem === undefined) this.#finish('finished');
      else this.#fail(limit.problem);
    });
  }

  #hear(samples: Int16Array): void {
    const { rms } = measureLevel(samples);
    this.#showProgress(rms);
    // In a call a long answer may be all heard and nothing told; silence shows no life.
    if (rms > SILENT_RMS) this.#take({ type: 'activity' });
    this.#answer.append(samples).catch((error: unknown) => {
      this.#fail(`The answer could not be written: ${errorText(error)}.`, error);
    });
  }

  /** A terminal shows no list of its own, and the model says only that there is one. */
  #tellPhrases(): void {
    if (this.#phrases.length > 0) this.#report({ type: 'phrases', phrases: this.#phrases });
    this.#phrases = [];
  }

  #endResponse(id: string, status: string): void {
    if (this.#assistantWords.trim() !== '' && status !== 'completed') {
      const text = this.#assistantWords;
      this.#report({ type: 'transcript', role: 'assistant', text, cutOff: true });
    }
    this.#assistantWords = '';
    this.#report({ type: 'response', id, status });
    if (status === 'failed') {
      this.#fail('The voice model failed to answer.');
      return;
    }
    // A response that was cancelled (by more speech) is no answer.
    const answered = status === 'completed' || status === 'incomplete';
    this.#take({ type: 'responseEnded', responseId: id, answered });
  }

  #showProgress(level: number): void {
    this.#progress.show(WORDS[waitingFor(this.#state)], level);
  }

  #finish(end: TalkEnd): void {
    this.#over = true;
    this.#end.resolve(end);
  }

  #fail(message: string, cause?: unknown): void {
    this.#over = true;
    this.#end.reject(new TalkFailure(message, { cause }));
  }
}
