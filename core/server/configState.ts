import { errorText, ProductError } from '../base/index.ts';
import { ConfigError, type ConfigPlace } from '../config/index.ts';
import type { NotificationParamsOf } from '../protocol/index.ts';
import type { EngineOptions } from './engineOptions.ts';
import { resolveConfig, type SettingsWarning } from './resolvedConfig.ts';

/** The settings as they were found: what could be used of them, and what is wrong. */
export type ConfigState = {
  /** Why no thread can be started with them; undefined when they can be used. */
  readonly fault: ProductError | undefined;
  readonly warnings: readonly SettingsWarning[];
  readonly threadUnloadDelayMs: number | undefined;
};

const FAULT_SUMMARY = 'The settings cannot be used, so no conversation can be started.';

/** Looks at the settings. Throws a `ProductError` for what stands in no file and so cannot be mended. */
export async function readConfigState(options: Omit<EngineOptions, 'clock'>): Promise<ConfigState> {
  try {
    const { config, warnings } = await resolveConfig(options);
    return { fault: undefined, warnings, threadUnloadDelayMs: config.threadUnloadDelayMs };
  } catch (error) {
    if (!(error instanceof ProductError) || isOfCommandLine(error)) throw error;
    return { fault: error, warnings: [], threadUnloadDelayMs: undefined };
  }
}

const isOfCommandLine = (error: ProductError): boolean =>
  error instanceof ConfigError && error.place.file === undefined;

/** What a client is told of it, one notification each (app-server §2). */
export function noticesOf({
  fault,
  warnings,
}: ConfigState): readonly NotificationParamsOf<'configWarning'>[] {
  const notices = warnings.map((warning) => ({
    summary: warning.message,
    details: null,
    ...('place' in warning ? whereOf(warning.place) : {}),
  }));
  if (fault === undefined) return notices;
  const where = fault instanceof ConfigError ? whereOf(fault.place) : {};
  return [{ summary: FAULT_SUMMARY, details: errorText(fault), ...where }, ...notices];
}

function whereOf({
  file,
  range,
}: ConfigPlace): Pick<NotificationParamsOf<'configWarning'>, 'path' | 'range'> {
  if (file === undefined) return {};
  return range === undefined ? { path: file } : { path: file, range };
}
