import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { hasCode } from '../../base/index.ts';
import { readSettingsText } from '../../platform/index.ts';
import { unreadable } from '../layers.ts';
import { type Requirements, requirementsOf, type RequirementsText } from './requirements.ts';

const FILE = 'requirements.toml';
/** Pieces that programs put there, as they do for other services; read by name. */
const FOLDER = 'requirements.d';

/**
 * What is fixed for this machine: `requirements.toml` of the system's folder, then the pieces beside it.
 * Throws ConfigError where one of them cannot be read or used.
 */
export function readRequirements(systemFolder: string): Requirements {
  const pieces = namesIn(join(systemFolder, FOLDER))
    .filter((name) => name.endsWith('.toml'))
    .toSorted()
    .map((name) => join(systemFolder, FOLDER, name));
  return requirementsOf([join(systemFolder, FILE), ...pieces].flatMap(textOf));
}

function namesIn(folder: string): readonly string[] {
  return unlessMissing(folder, () => readdirSync(folder)) ?? [];
}

function textOf(file: string): readonly RequirementsText[] {
  const text = unlessMissing(file, () => readSettingsText(file));
  return text === undefined ? [] : [{ file, text }];
}

function unlessMissing<Value>(path: string, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unreadable(path, error);
  }
}
