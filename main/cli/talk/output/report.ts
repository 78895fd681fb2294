import type { TalkIo } from '../options.ts';

/** What a talk tells the world; with `--json` each is one line on stdout, as it is here. */
export type TalkEvent =
  | {
      readonly type: 'started';
      readonly threadId: string;
      readonly sessionId: string | null;
      readonly model: string | null;
      readonly modelProvider: string | null;
    }
  /** `ms` counts from the beginning of the input. */
  | {
      readonly type: 'speech';
      readonly state: 'started' | 'stopped';
      readonly ms: number | null;
    }
  | {
      readonly type: 'transcript';
      readonly role: 'user' | 'assistant';
      readonly text: string;
      /** True when the answer ended before its words did. */
      readonly cutOff?: boolean;
      /** Why there are no words. */
      readonly failure?: string;
    }
  /** What can be said, where something was said that is none of it. */
  | { readonly type: 'phrases'; readonly phrases: readonly string[] }
  /** `status` is `started`, or how the response ended. */
  | { readonly type: 'response'; readonly id: string; readonly status: string }
  /** `text` is the request when the task starts, and its result or problem when it ends. */
  | {
      readonly type: 'task';
      readonly id: string;
      readonly status: string;
      readonly text: string;
    }
  /** The agent waits for an answer, which the voice asks for. */
  | { readonly type: 'question'; readonly text: string }
  | { readonly type: 'warning'; readonly message: string }
  /** The last line, always. */
  | {
      readonly type: 'done';
      readonly exitCode: number;
      readonly audioMs: number;
      readonly output: string | null;
      readonly error: string | null;
    };

export type TalkReport = (event: TalkEvent) => void;

/** Problems go to stderr in both forms, so that a person sees them beside a program's pipe. */
export function createReport(json: boolean, io: TalkIo): TalkReport {
  return (event) => {
    const problem = problemOf(event);
    if (problem !== undefined) io.stderr.write(`parley talk: ${problem}\n`);
    const line = json ? JSON.stringify(event) : lineOf(event);
    if (line !== undefined) io.stdout.write(`${line}\n`);
  };
}

function problemOf(event: TalkEvent): string | undefined {
  if (event.type === 'warning') return event.message;
  return event.type === 'done' ? (event.error ?? undefined) : undefined;
}

function lineOf(event: TalkEvent): string | undefined {
  switch (event.type) {
    case 'transcript':
      return event.role === 'user'
        ? `You: ${userWords(event)}`
        : `Parley: ${assistantWords(event)}`;
    case 'task':
      return `Task ${event.status}: ${event.text}`;
    case 'phrases':
      return `You can say: ${event.phrases.map((phrase) => `“${phrase}”`).join(', ')}`;
    case 'question':
      return `The agent asks: ${event.text}`;
    case 'started':
    case 'speech':
    case 'response':
    case 'warning':
    case 'done':
      return undefined;
  }
}

type Transcript = Extract<TalkEvent, { type: 'transcript' }>;

function userWords({ text, failure }: Transcript): string {
  if (failure !== undefined) return `(not transcribed: ${failure})`;
  return text.trim() === '' ? '(no words recognised)' : text.trim();
}

function assistantWords({ text, cutOff }: Transcript): string {
  return cutOff === true ? `${text.trim()} (cut off)` : text.trim();
}
