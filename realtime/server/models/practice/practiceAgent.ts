import type { Form } from './forms.ts';
import type { SpeechLanguage } from '../../../audio/recognition/index.ts';

/**
 * What the practice model is to know of the agent that stands behind the sessions it answers in. The
 * server itself knows of none; whoever starts it says how theirs is spoken to.
 */
export type PracticeAgent = {
  /** What the model calls itself, to stand after "I am" and "This is". */
  readonly name: Readonly<Record<SpeechLanguage, string>>;
  /** The function that hands work over, and the argument that takes the request. */
  readonly delegateTool: string;
  readonly requestField: string;
  /** The function that is called to say nothing. */
  readonly silenceTool: string;
  /** What stands before words that the user typed, and before what the agent reports. */
  readonly typedPrefix: string;
  readonly reportPrefix: string;
  /** What the agent can be asked to do, so that it is understood when it is said. */
  readonly tasks: (language: SpeechLanguage) => readonly Omit<Form, 'pattern'>[];
  /** What a report of the agent says of its questions; undefined when it is about something else. */
  readonly readQuestion: (report: string) => QuestionNews | undefined;
};

/** A question of the agent that the user is to answer, or that there is none any more. */
export type QuestionNews =
  | { readonly type: 'asked'; readonly question: string; readonly options: readonly string[] }
  | { readonly type: 'over' };
