/** A request as two are compared: each input item as the text that goes over the wire. */
export type SentRequest = {
  /** Everything but the input, the metadata and what only a socket adds. */
  readonly fixed: string;
  readonly input: readonly string[];
};

/** What the server at the other end of a connection remembers. */
export type Remembered = SentRequest & {
  readonly responseId: string;
  /** What the response added, as it will stand in the next input. */
  readonly output: readonly string[];
};

export type Increment = {
  readonly previousResponseId: string;
  /** Where the items begin that the server does not have yet. */
  readonly from: number;
};

/**
 * The part of a request that is enough for this server, or undefined when all of it has to be said
 * again (responses §5.4). A request with nothing new in it is said in full, to be sure.
 */
export function incrementOf(
  remembered: Remembered | undefined,
  next: SentRequest,
): Increment | undefined {
  if (remembered === undefined || remembered.fixed !== next.fixed) return undefined;
  const known = [...remembered.input, ...remembered.output];
  if (next.input.length <= known.length) return undefined;
  if (!known.every((item, index) => item === next.input[index])) return undefined;
  return { previousResponseId: remembered.responseId, from: known.length };
}
