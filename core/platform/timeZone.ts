import { readlinkSync } from 'node:fs';
import process from 'node:process';

const ZONE_IN_PATH = /\/zoneinfo\/(?:posix\/|right\/)?([A-Za-z_]+(?:\/[\w+-]+)*)$/u;
/** Names of the same zone that people do not use. */
const UTC_NAMES: ReadonlySet<string> = new Set(['Etc/UTC', 'Etc/UCT', 'Etc/Universal', 'Etc/Zulu']);

/**
 * The name of the system's time zone, such as "Europe/Zurich". Asks the system where it says so in a
 * link, because the first use of Intl costs ten milliseconds of the first turn.
 */
export function systemTimeZone(path = '/etc/localtime'): string {
  if (process.env['TZ'] === undefined && process.platform !== 'win32') {
    const zone = ZONE_IN_PATH.exec(linkAt(path))?.[1];
    if (zone !== undefined) return UTC_NAMES.has(zone) ? 'UTC' : zone;
  }
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
