import type { Clock, Timer } from '../../../../core/base/index.ts';
import type {
  AskedRequest,
  ServerRequestParamsOf,
  ServerRequestResponseOf,
} from '../../../../core/protocol/index.ts';

type Method = 'item/tool/requestUserInput';

/** How long the voice has for an answer once the recording has nothing more to say. */
const PATIENCE_MS = 30_000;

/**
 * Leaves what the agent asks to the voice, and answers it with nothing where the recording is over and
 * so cannot answer either: the task should not wait for somebody who is not there.
 */
export async function leaveToVoice(
  { over }: Pick<AskedRequest, 'over'>,
  { clock, isInputOver }: { readonly clock: Clock; readonly isInputOver: () => boolean },
): Promise<ServerRequestResponseOf<Method>> {
  const { promise: given, resolve } = Promise.withResolvers<void>();
  let timer: Timer | undefined;
  const wait = (): void => {
    timer = clock.after(PATIENCE_MS, () => {
      if (isInputOver()) resolve();
      else wait();
    });
  };
  wait();
  await Promise.race([over, given]);
  timer?.cancel();
  return { answers: {} };
}

/** The questions in one line; what is secret may be asked, only its answer may not be told. */
export function questionLine({ questions }: ServerRequestParamsOf<Method>): string {
  return questions
    .map(({ question, options }) => {
      const labels = (options ?? []).map(({ label }) => label);
      return labels.length === 0 ? question : `${question} (${labels.join(' / ')})`;
    })
    .join(' ');
}
