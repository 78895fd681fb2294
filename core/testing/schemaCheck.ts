import { Ajv, type ValidateFunction } from 'ajv';

import { jsonSchemaFiles, protocolSchema, typeName } from '../protocol/schema/index.ts';
import { type Message, RpcProbe } from './rpcProbe.ts';

/** What messages were not as the printed schema has them, in words. */
export type SchemaCheck = Disposable & {
  readonly violations: readonly string[];
  /** How many messages were looked at, by kind. */
  readonly counts: Readonly<Record<string, number>>;
};

/**
 * Holds every message of every probe to the schema that `generate-json-schema` prints, from now on. What a probe
 * asks is looked at once it is answered with a result: what is refused may be wrong on purpose.
 */
export function checkSchemas(): SchemaCheck {
  const files = jsonSchemaFiles(protocolSchema({ isExperimental: true }));
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    validateFormats: false,
  });
  const compiled = new Map<string, ValidateFunction>();
  const violations = new Set<string>();
  const counts: Record<string, number> = {};
  const requests = new WeakMap<RpcProbe, Map<unknown, Message>>();
  const questions = new WeakMap<RpcProbe, Map<unknown, string>>();

  const check = (kind: string, method: string, type: string, value: unknown): void => {
    counts[kind] = (counts[kind] ?? 0) + 1;
    const schema = files.get(`v2/${type}.json`);
    if (schema === undefined) {
      violations.add(`${kind} ${method}: there is no type ${type}`);
      return;
    }
    const validate = compiled.get(type) ?? ajv.compile(schema);
    compiled.set(type, validate);
    if (validate(value)) return;
    for (const { instancePath, message } of validate.errors ?? []) {
      violations.add(`${kind} ${method}: ${instancePath} ${message ?? ''}`);
    }
  };

  const sent = (probe: RpcProbe, message: Message): void => {
    const { id, method, result } = message;
    if (id !== undefined && method !== undefined) bookOf(requests, probe).set(id, message);
    const question = bookOf(questions, probe).get(id);
    if (method === undefined && question !== undefined && result !== undefined) {
      check('answer', question, `${typeName(question)}Response`, result);
    }
  };
  const received = (probe: RpcProbe, { id, method, params, result }: Message): void => {
    if (method !== undefined && id !== undefined) {
      bookOf(questions, probe).set(id, method);
      check('question', method, `${typeName(method)}Params`, params);
    } else if (method !== undefined) {
      check('notification', method, `${typeName(method)}Notification`, params);
    } else if (result !== undefined) {
      const request = bookOf(requests, probe).get(id);
      if (request?.method === undefined) return;
      check('result', request.method, `${typeName(request.method)}Response`, result);
      // Of the few that are whole without params the type says so where it stands.
      if (request.params === undefined || request.params === null) return;
      check('request', request.method, `${typeName(request.method)}Params`, request.params);
    }
  };
  RpcProbe.observer = (probe, direction, message) => {
    if (direction === 'sent') sent(probe, message);
    else received(probe, message);
  };
  return {
    counts,
    get violations() {
      return Array.from(violations);
    },
    [Symbol.dispose]() {
      RpcProbe.observer = undefined;
    },
  };
}

function bookOf<Value>(books: WeakMap<RpcProbe, Map<unknown, Value>>, probe: RpcProbe) {
  const book = books.get(probe) ?? new Map<unknown, Value>();
  books.set(probe, book);
  return book;
}
