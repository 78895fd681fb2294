import process from 'node:process';
import { createInterface } from 'node:readline';

import { errorText } from '../../base/index.ts';
import { systemClock } from '../../platform/index.ts';
import { MemoryLogger } from '../../platform/testing/index.ts';
import { type Journal, openThreadStore } from '../index.ts';

// Started by OtherProcess, which says what it is told and answers.
const [, , home = ''] = process.argv;
const store = openThreadStore(home, { clock: systemClock, log: new MemoryLogger() });
const journals = new Map<string, Journal>();

async function answer(command: string, id: string, word: string): Promise<string> {
  switch (command) {
    case 'create':
      journals.set(
        id,
        store.create({
          id,
          createdAtMs: systemClock.nowMs(),
          cwd: '/',
          model: 'm',
          modelProvider: 'p',
          originator: 'o',
          source: 's',
          threadSource: null,
        }),
      );
      return 'done';
    case 'open': {
      const opened = await store.open(id);
      if (opened === undefined) return 'none';
      journals.set(id, opened.journal);
      return `opened ${opened.records.length}`;
    }
    case 'append':
      await journals.get(id)?.append({ type: 'word', word });
      return 'done';
    case 'say':
      await journals.get(id)?.append({
        type: 'item',
        item: { type: 'agentMessage', id: word, text: word },
      });
      return 'done';
    case 'search': {
      const query = { limit: 100, sortKey: 'created_at', sortDirection: 'asc' } as const;
      return `found ${(await store.search({ ...query, term: id })).found.length}`;
    }
    case 'name':
      journals.get(id)?.setName(word);
      await journals.get(id)?.flush();
      return 'done';
    case 'read':
      return `read ${(await store.read(id))?.records.length}`;
    case 'release':
      await journals.get(id)?.close();
      return 'released';
    case 'close':
      await store.close();
      return 'closed';
    default:
      return `what is ${command}?`;
  }
}

for await (const line of createInterface(process.stdin)) {
  const [command = '', id = '', word = ''] = line.split(' ');
  const text = await answer(command, id, word).catch(errorText);
  process.stdout.write(`${text}\n`);
}
