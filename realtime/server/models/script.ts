import * as z from 'zod';

import { ProductError } from '../../../core/base/index.ts';

const Pattern = z.string().check((context) => {
  try {
    // oxlint-disable-next-line no-new -- made only to see whether it can be made
    new RegExp(context.value, 'iu');
  } catch {
    context.issues.push({
      code: 'custom',
      message: 'is not a regular expression',
      input: context.value,
    });
  }
});

/** When a rule applies: all conditions given must hold, and a rule without any always applies. */
const When = z.strictObject({
  /** What the user typed, or is known to have said; case does not matter. */
  text: z
    .strictObject({ contains: z.string().optional(), matches: Pattern.optional() })
    .refine(hasOneKey, 'needs either "contains" or "matches"')
    .optional(),
  /** The user's last turn was spoken. */
  audio: z.literal(true).optional(),
  /** The output of a function has just come in: its name, or "any". */
  toolOutput: z.string().optional(),
});

const Step = z
  .strictObject({
    say: z.string().optional(),
    call: z
      .strictObject({
        name: z.string(),
        arguments: z.union([z.string(), z.record(z.string(), z.unknown())]),
      })
      .optional(),
    silence: z.literal(true).optional(),
    error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
    delayMs: z.int().min(0).optional(),
    /** What the user is taken to have said in the spoken turn before. */
    transcript: z.string().optional(),
    close: z
      .strictObject({
        code: z.int().refine(isClosable, 'is not a code that may be sent'),
        reason: z.string().max(120).default(''),
      })
      .optional(),
    /** A server event to put on the wire as it stands. */
    raw: z.looseObject({ type: z.string() }).optional(),
  })
  .refine(
    hasOneKey,
    'needs exactly one of say, call, silence, error, delayMs, transcript, close, raw',
  );

/** What a scripted model does: the first rule that applies decides the whole response. */
export const RealtimeScript = z.strictObject({
  rules: z.array(
    z.strictObject({
      when: When.default({}),
      // oxlint-disable-next-line unicorn/no-thenable -- the name is part of the file format
      then: z.array(Step),
      /** The rule applies a single time for the whole life of the server. */
      once: z.boolean().default(false),
    }),
  ),
  /** What happens when no rule applies: an error, nothing, or the practice model's answer. */
  fallback: z.enum(['error', 'silence', 'practice']).default('error'),
});
export type RealtimeScript = z.infer<typeof RealtimeScript>;
export type ScriptStep = RealtimeScript['rules'][number]['then'][number];

/** A script file that does not say what it should; the message names the place. */
class RealtimeScriptError extends ProductError {
  readonly code = 'invalidScript';
  readonly retryable = false;
}

/** Reads the text of a script file. Throws a `ProductError` with the code `invalidScript`. */
export function parseRealtimeScript(json: string): RealtimeScript {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new RealtimeScriptError('The script is not valid JSON.', { cause: error });
  }
  const parsed = RealtimeScript.safeParse(value);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(
    ({ path, message }) => `${describePath(path)}: ${message}`,
  );
  throw new RealtimeScriptError(`The script is not right. ${places.join('; ')}`);
}

/** 1004 to 1006 are reserved for what never travels in a close frame (RFC 6455 §7.4). */
function isClosable(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

function describePath(path: readonly PropertyKey[]): string {
  const joined = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  return joined === '' ? 'top level' : joined.replace(/^\./u, '');
}

function hasOneKey(value: object): boolean {
  return Object.values(value).filter((part) => part !== undefined).length === 1;
}
