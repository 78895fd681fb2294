import * as z from 'zod';

import { isHeaderValue } from '../base/index.ts';
import { maybe } from './common.ts';

/** Who the client is; `name` becomes the originator towards the model API (app-server §2). */
export const ClientInfo = z.object({
  name: z.string().refine(isHeaderValue, 'characters that no HTTP header carries'),
  title: maybe(z.string()),
  version: z.string(),
});
export type ClientInfo = z.infer<typeof ClientInfo>;

export const ClientCapabilities = z.looseObject({
  experimentalApi: maybe(z.boolean()),
  optOutNotificationMethods: maybe(z.array(z.string())),
  extensions: maybe(z.record(z.string(), z.unknown())),
});
export type ClientCapabilities = z.infer<typeof ClientCapabilities>;

export const InitializeParams = z.object({
  clientInfo: ClientInfo,
  capabilities: maybe(ClientCapabilities),
});
export type InitializeParams = z.infer<typeof InitializeParams>;

export const InitializeResponse = z.object({
  userAgent: z.string(),
  codexHome: z.string(),
  platformFamily: z.string(),
  platformOs: z.string(),
  /** Parley's addition: another one means that the engine was started anew since the last hello. */
  engineId: z.string().optional(),
});
export type InitializeResponse = z.infer<typeof InitializeResponse>;

/** Both counted from 1, columns in characters; the end of a range belongs to it. */
const TextPosition = z.object({ line: z.int(), column: z.int() });

/** Something in use that will not be there for ever, and what to do about it (app-server §11). */
export const DeprecationNoticeNotification = z.object({
  summary: z.string(),
  details: z.string().nullable(),
});

/** A problem in the configuration that did not keep the engine from starting. */
export const ConfigWarningNotification = z.object({
  summary: z.string(),
  details: z.string().nullable(),
  /** The file it is about; left out, with `range`, where it is about none. */
  path: z.string().nullish(),
  range: z.object({ start: TextPosition, end: TextPosition }).nullish(),
});
