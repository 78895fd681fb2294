import { textMessage } from '../../model/index.ts';
import type { StartTask, TurnOutcome, TurnTask } from '../tasks/index.ts';

/**
 * A task as another kind of work would be: takes no words, shows an item, puts `summary` in place of all
 * the model knew, and ends when the test or the user says so.
 */
export function shorteningTask(summary: string) {
  const end = Promise.withResolvers<TurnOutcome>();
  const start: StartTask = ({ items, record }): TurnTask => ({
    kind: 'shortening',
    join: () => false,
    requestInterrupt: () => {
      end.resolve({ status: 'interrupted' });
    },
    run: async () => {
      items.start({ type: 'reasoning', id: 'shorten', summary: [], content: [] });
      const outcome = await end.promise;
      if (outcome.status === 'completed') {
        record({
          type: 'historyReplaced',
          reason: 'compaction',
          items: [textMessage('user', summary)],
        });
      }
      return outcome;
    },
  });
  return {
    start,
    complete: () => {
      end.resolve({ status: 'completed' });
    },
  };
}
