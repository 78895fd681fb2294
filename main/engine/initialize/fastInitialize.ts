import { isHeaderValue, parseJson } from '../../../core/base/index.ts';
import type { InitializeParams, RequestId } from '../../../core/protocol/index.ts';

/** An `initialize` request that may be answered before the engine is loaded. */
export type FastInitialize = { readonly id: RequestId; readonly params: InitializeParams };

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNothing = (value: unknown): value is null | undefined =>
  value === null || value === undefined;

/**
 * Recognises a well-formed `initialize` line without the protocol tables: zod alone would take longer
 * to load than the answer may take. Agrees with the `InitializeParams` row, which a property test
 * proves; whatever it does not recognise is left to the engine, errors included.
 */
export function readFastInitialize(line: string): FastInitialize | undefined {
  const json = parseJson(line);
  if ('problem' in json) return undefined;
  const message = json.value;
  if (!isObject(message) || message['method'] !== 'initialize') return undefined;
  const { id } = message;
  if (typeof id !== 'string' && !Number.isSafeInteger(id)) return undefined;
  const params = readInitializeParams(message['params']);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked two lines above
  return params === undefined ? undefined : { id: id as RequestId, params };
}

/** The hand-written twin of `InitializeParams.safeParse`; unknown members are dropped alike. */
export function readInitializeParams(params: unknown): InitializeParams | undefined {
  if (!isObject(params)) return undefined;
  const clientInfo = readClientInfo(params['clientInfo']);
  if (clientInfo === undefined) return undefined;
  if (!('capabilities' in params)) return { clientInfo };
  const { capabilities } = params;
  if (!isNothing(capabilities) && !areCapabilities(capabilities)) return undefined;
  return { clientInfo, capabilities };
}

function readClientInfo(info: unknown): InitializeParams['clientInfo'] | undefined {
  if (!isObject(info)) return undefined;
  const { name, title, version } = info;
  if (typeof name !== 'string' || typeof version !== 'string') return undefined;
  if (!isHeaderValue(name)) return undefined;
  if (!isNothing(title) && typeof title !== 'string') return undefined;
  return 'title' in info ? { name, title, version } : { name, version };
}

function areCapabilities(value: unknown): value is NonNullable<InitializeParams['capabilities']> {
  if (!isObject(value)) return false;
  const { experimentalApi, optOutNotificationMethods, extensions } = value;
  if (!isNothing(extensions) && !isObject(extensions)) return false;
  if (!isNothing(experimentalApi) && typeof experimentalApi !== 'boolean') return false;
  return (
    isNothing(optOutNotificationMethods) ||
    (Array.isArray(optOutNotificationMethods) &&
      optOutNotificationMethods.every((method) => typeof method === 'string'))
  );
}
