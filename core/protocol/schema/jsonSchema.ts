import * as z from 'zod';

import * as account from '../account.ts';
import { clientAnswers } from '../clientAnswers.ts';
import { EmptyParams, EmptyResponse, OmittableParams } from '../common.ts';
import * as config from '../config.ts';
import * as initialize from '../initialize.ts';
import * as model from '../model.ts';
import { serverNotifications } from '../notifications.ts';
import { clientRequests, serverRequests } from '../registry.ts';
import * as requests from '../requests/index.ts';
import { serverAnswers } from '../responses.ts';
import { RequestId } from '../rpc.ts';
import * as threads from '../threads/index.ts';
import * as voice from '../voice/index.ts';
import {
  definitionsOf,
  type JsonSchema,
  merged,
  nameOfRef,
  reachable,
  refsIn,
  refTo,
} from './definitions.ts';
import { typeName } from './names.ts';

export type { JsonSchema } from './definitions.ts';

/** The whole protocol: every type by its name, and which methods there are. */
export type ProtocolSchema = {
  readonly definitions: ReadonlyMap<string, JsonSchema>;
  /** The messages there are, each side's requests and notifications by themselves. */
  readonly unions: {
    readonly ClientRequest: readonly MessageRow[];
    readonly ServerRequest: readonly MessageRow[];
    readonly ServerNotification: readonly MessageRow[];
    readonly ClientNotification: readonly MessageRow[];
  };
};

export type MessageRow = {
  readonly method: string;
  /** The name of the type of its params; undefined for one that has none. */
  readonly params: string | undefined;
  /** Whether a message without any is whole. */
  readonly isOmittable: boolean;
};

/** Types that messages share and programs want to name. */
const SHARED: readonly Readonly<Record<string, unknown>>[] = [
  { EmptyParams, EmptyResponse, OmittableParams, RequestId },
  account,
  config,
  initialize,
  model,
  requests,
  threads,
  voice,
];

type Row = {
  readonly params: z.ZodType;
  readonly experimental?: boolean;
  readonly experimentalFields?: readonly string[];
};
type Types = readonly (readonly [name: string, schema: z.ZodType])[];

/** From the tables that the engine runs by; without the experimental part unless that is asked for. */
export function protocolSchema({
  isExperimental,
}: {
  readonly isExperimental: boolean;
}): ProtocolSchema {
  const asked = Object.entries<Row>(clientRequests).filter(
    ([, { experimental }]) => isExperimental || experimental !== true,
  );
  const served = Object.entries<Row>(serverRequests);
  const answers: Readonly<Record<string, z.ZodType>> = serverAnswers;
  const input = definitionsFor('input', [
    ...asked.map(([method, { params }]) => [paramsName(method), params] as const),
    ...Object.entries(clientAnswers).map(([method, type]) => [responseName(method), type] as const),
  ]);
  const output = definitionsFor('output', [
    ...served.map(([method, { params }]) => [paramsName(method), params] as const),
    ...Object.entries(serverNotifications).map(
      ([method, type]) => [notificationName(method), type] as const,
    ),
    ...asked.map(([method]) => [responseName(method), answers[method] ?? EmptyResponse] as const),
  ]);
  if (!isExperimental) leaveOutFields(asked, input);
  return {
    definitions: merged(input, output),
    unions: {
      ClientRequest: asked.map(([method, { params }]) => ({
        method,
        params: paramsName(method),
        isOmittable: params.safeParse(undefined).success,
      })),
      ServerRequest: served.map(([method]) => ({
        method,
        params: paramsName(method),
        isOmittable: false,
      })),
      ServerNotification: Object.keys(serverNotifications).map((method) => ({
        method,
        params: notificationName(method),
        isOmittable: false,
      })),
      ClientNotification: [{ method: 'initialized', params: undefined, isOmittable: true }],
    },
  };
}

/**
 * The files that a program reads: one for each union of messages and each type that messages consist of, every one
 * whole in itself, and one with all types, by their paths.
 */
export function jsonSchemaFiles(schema: ProtocolSchema): ReadonlyMap<string, JsonSchema> {
  const { definitions, unions } = schema;
  const files = new Map<string, JsonSchema>();
  for (const [name, rows] of Object.entries(unions)) {
    files.set(`${name}.json`, whole(name, { oneOf: rows.map(messageSchema) }, definitions));
  }
  files.set('app_server_protocol.schemas.json', {
    $schema: DRAFT,
    title: 'AppServerProtocol',
    definitions: Object.fromEntries(definitions),
  });
  files.set('JSONRPCError.json', whole('JSONRPCError', ERROR, definitions));
  for (const [name, definition] of definitions) {
    if (/(?:Params|Response|Notification)$/u.test(name)) {
      files.set(`v2/${name}.json`, whole(name, definition, definitions));
    }
  }
  return files;
}

const DRAFT = 'http://json-schema.org/draft-07/schema#';

const ERROR: JsonSchema = {
  type: 'object',
  properties: {
    id: refTo('RequestId'),
    error: {
      type: 'object',
      properties: { code: { type: 'integer' }, message: { type: 'string' }, data: {} },
      required: ['code', 'message'],
    },
  },
  required: ['id', 'error'],
};

function messageSchema({ method, params, isOmittable }: MessageRow): JsonSchema {
  const isRequest = params?.endsWith('Params') === true;
  return {
    title: method,
    type: 'object',
    properties: {
      ...(isRequest && { id: refTo('RequestId') }),
      method: { type: 'string', enum: [method] },
      ...(params !== undefined && { params: refTo(params) }),
    },
    required: [...(isRequest ? ['id'] : []), 'method', ...(isOmittable ? [] : ['params'])],
  };
}

function whole(
  title: string,
  schema: JsonSchema,
  definitions: ReadonlyMap<string, JsonSchema>,
): JsonSchema {
  const needed = reachable(refsIn(schema), definitions);
  return {
    $schema: DRAFT,
    title,
    ...schema,
    ...(needed.size > 0 && { definitions: Object.fromEntries(needed) }),
  };
}

/** Rows keep the names of types that programs know already; a further row of the same type refers to it. */
function definitionsFor(io: 'input' | 'output', rows: Types): Map<string, JsonSchema> {
  const named = new Map<string, z.ZodType>();
  const shared = SHARED.flatMap((exported) => Object.entries(exported));
  for (const [name, schema] of [...shared, ...rows]) {
    if (!(schema instanceof z.ZodType)) continue;
    const known = named.get(name);
    if (known !== undefined && known !== schema) throw new Error(`Two types are called ${name}`);
    named.set(name, schema);
  }
  return reachable(['RequestId', ...rows.map(([name]) => name)], definitionsOf(named, io));
}

/** Takes the experimental fields out of the params that have some. */
function leaveOutFields(
  asked: readonly (readonly [string, Row])[],
  definitions: Map<string, JsonSchema>,
): void {
  for (const [method, { experimentalFields = [] }] of asked) {
    const definition = definitions.get(paramsName(method)) ?? {};
    const name = nameOfRef(definition) ?? paramsName(method);
    const { properties, required, ...rest } = definitions.get(name) ?? {};
    if (experimentalFields.length === 0 || typeof properties !== 'object') continue;
    const isKept = (field: unknown): boolean => !experimentalFields.includes(String(field));
    definitions.set(name, {
      ...rest,
      properties: Object.fromEntries(
        Object.entries(properties ?? {}).filter(([field]) => isKept(field)),
      ),
      ...(Array.isArray(required) && { required: required.filter(isKept) }),
    });
  }
}

const paramsName = (method: string): string => `${typeName(method)}Params`;
const responseName = (method: string): string => `${typeName(method)}Response`;
const notificationName = (method: string): string => `${typeName(method)}Notification`;
