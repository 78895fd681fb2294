import type { NewId } from '../../../base/index.ts';
import {
  type FunctionCallItem,
  messageText,
  type ResponseItem,
  textMessage,
} from '../../../model/index.ts';
import type { AdditionalContext } from '../../../protocol/index.ts';

/** Of one entry, as with the peer: more is worth a tool, or a file. */
const MAX_CHARS = 4_000;
/** The call as whose output the model is told what nobody vouches for. */
const CALL = 'client_context';

/**
 * What a client has the model know, as items for it (app-server §6). What the application says is a note; what it
 * has from elsewhere is the output of a tool, in which a model sees nobody's orders. An entry that the
 * model has been told last under its name is not told again.
 */
export function contextItems(
  context: AdditionalContext,
  history: readonly ResponseItem[],
  newId: NewId,
): readonly ResponseItem[] {
  return Object.entries(context).flatMap(([source, { kind, value, name }]) => {
    const label = tagOf(name ?? source);
    const text = shortened(value);
    return kind === 'application'
      ? applicationNote(label, text, history)
      : outputOf(label, text, history, newId);
  });
}

function applicationNote(
  label: string,
  text: string,
  history: readonly ResponseItem[],
): readonly ResponseItem[] {
  const note = `<${label}>${text}</${label}>`;
  const before = history.findLast((item) => noteOf(item)?.startsWith(`<${label}>`));
  return before !== undefined && noteOf(before) === note ? [] : [textMessage('developer', note)];
}

const noteOf = (item: ResponseItem): string | undefined =>
  item.type === 'message' && item.role === 'developer' ? messageText(item) : undefined;

/** A pair, because providers refuse an output without its call. */
function outputOf(
  label: string,
  text: string,
  history: readonly ResponseItem[],
  newId: NewId,
): readonly ResponseItem[] {
  const given = JSON.stringify({ source: label });
  const before = history.findLast((item) => callOf(item)?.arguments === given);
  const id = before === undefined ? undefined : callOf(before)?.call_id;
  const isTold = history.some(
    (item) =>
      id !== undefined &&
      item.type === 'function_call_output' &&
      item.call_id === id &&
      item.output === text,
  );
  if (isTold) return [];
  const callId = newId();
  return [
    { type: 'function_call', call_id: callId, name: CALL, arguments: given },
    { type: 'function_call_output', call_id: callId, output: text },
  ];
}

const callOf = (item: ResponseItem): FunctionCallItem | undefined =>
  item.type === 'function_call' && item.name === CALL ? item : undefined;

/** What cannot be taken for another tag, or for the end of one. */
const tagOf = (name: string): string => name.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '_').slice(0, 64);

/** The beginning and the end, where all of it is too much. */
function shortened(value: string): string {
  if (value.length <= MAX_CHARS) return value;
  const half = MAX_CHARS / 2;
  const left = value.length - MAX_CHARS;
  const text = `${value.slice(0, half)}\n[${left} characters are left out]\n${value.slice(-half)}`;
  // A cut may have gone through the middle of a character.
  return text.toWellFormed();
}
