import { ResponseItem } from '../../model/index.ts';
import { invalidRequest } from '../../rpc/index.ts';

/** Items of a client for the model, as it may be told them; throws the protocol's refusal for what is none. */
export function injectedItems(given: readonly unknown[]): ResponseItem[] {
  if (given.length === 0) throw invalidRequest('items must not be empty');
  return given.map((raw, index) => {
    const item = ResponseItem.safeParse(raw);
    if (item.success && hasType(raw)) return item.data;
    throw invalidRequest(`items[${index}] is not a valid response item: ${reasonOf(raw, item)}`);
  });
}

function reasonOf(raw: unknown, { error }: ReturnType<typeof ResponseItem.safeParse>): string {
  if (!hasType(raw)) return 'missing field `type`';
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return 'it cannot be read';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

const hasType = (raw: unknown): boolean =>
  typeof raw === 'object' && raw !== null && 'type' in raw && typeof raw.type === 'string';
