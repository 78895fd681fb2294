/**
 * What the practice model is to know of the agent that stands behind the sessions it answers in. The
 * server itself knows of none; whoever starts it says how theirs is spoken to.
 */
export type PracticeAgent = {
  /** What the model calls itself, to stand after "I am" and "This is". */
  readonly name: string;
  /** The function that hands work over, and the argument that takes the request. */
  readonly delegateTool: string;
  readonly requestField: string;
  /** The function that is called to say nothing. */
  readonly silenceTool: string;
  /** What stands before words that the user typed, and before what the agent reports. */
  readonly typedPrefix: string;
  readonly reportPrefix: string;
};
