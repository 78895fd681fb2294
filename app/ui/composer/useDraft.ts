import { useState } from 'react';

import { errorText } from '../../../core/base/index.ts';
import { fastCommand } from '../../state/fast/index.ts';
import { quietWish } from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';

const COMPACT = /^\s*\/compact\s*$/iu;

export type Draft = {
  /** Sends; false when that failed and the words should stay where they are. */
  readonly submit: (text: string) => Promise<boolean>;
  /** Why the last attempt failed. */
  readonly error: string | undefined;
};

/** Sending typed words, with the failure kept beside where they were typed. */
export function useDraft(): Draft {
  const assistant = useAssistant();
  const [error, setError] = useState<string | undefined>(undefined);
  const submit = async (text: string): Promise<boolean> => {
    try {
      setError(undefined);
      const command = fastCommand(text);
      if (command !== undefined) {
        const refusal = await assistant.fast.run(command);
        setError(refusal);
        return refusal === undefined;
      }
      if (COMPACT.test(text)) {
        await assistant.compact();
        return true;
      }
      const quiet = quietWish(text);
      if (quiet !== undefined) assistant.setQuiet(quiet);
      // Where nobody talks there is nobody else whom it concerns.
      if (quiet === undefined || assistant.voice.isConversing) await assistant.send(text);
      return true;
    } catch (cause) {
      setError(
        assistant.link.client === undefined
          ? 'Not sent: Parley’s engine is not connected. Your words are still here.'
          : `Not sent: ${errorText(cause)}`,
      );
      return false;
    }
  };
  return { submit, error };
}
