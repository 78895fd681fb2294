import type { RpcProbe } from './rpcProbe.ts';
import type { TestEngine } from './testEngine.ts';

const PAIRS = [
  ['started', 'closed'],
  ['response/started', 'response/completed'],
  ['item/started', 'item/completed'],
] as const;

/** What began and did not end, or ended twice, in words; nothing when all is well. */
export function loose(probe: RpcProbe): readonly string[] {
  return PAIRS.flatMap(([begin, end]) => {
    const begun = names(probe, begin);
    const ended = names(probe, end);
    const twice = ended.filter((name, index) => end !== 'closed' && ended.indexOf(name) !== index);
    const open = begun.filter((name) => !ended.includes(name));
    const problems = open.map((name) => `${begin} ${name} is open`);
    problems.push(...twice.map((name) => `${end} ${name} came twice`));
    if (end === 'closed' && begun.length !== ended.length) problems.push(`${begin} without ${end}`);
    return problems;
  });
}

function names(probe: RpcProbe, method: string): readonly string[] {
  return probe
    .all(`thread/realtime/${method}`)
    .map(({ item, responseId, threadId }) =>
      typeof item === 'object' && item !== null && 'id' in item
        ? String(item.id)
        : String(responseId ?? threadId),
    );
}

/** Resolves with the status of a typed turn, once it has ended; `go` opens the text model's gate. */
export async function typedTurn(
  engine: TestEngine,
  probe: RpcProbe,
  threadId: string,
): Promise<unknown> {
  const id = await probe.turn(threadId, 'Are you there?');
  engine.upstream.open('go');
  const { turn } = await probe.notification('turn/completed', 1, (params) =>
    JSON.stringify(params['turn']).includes(id),
  );
  return typeof turn === 'object' && turn !== null && 'status' in turn ? turn.status : undefined;
}
