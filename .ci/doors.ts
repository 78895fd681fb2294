import { join, posix } from 'node:path';

import type { ModuleItem } from '@swc/core';

import { parseSource, productSources } from './sources.ts';

/** Where the recorded listing of all doors lies. */
export const DOORS_FILE = join(import.meta.dirname, 'doors.txt');

function declaredNames(item: Extract<ModuleItem, { type: 'ExportDeclaration' }>): string[] {
  const { declaration } = item;
  switch (declaration.type) {
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
      return [declaration.identifier.value];
    case 'VariableDeclaration':
      return declaration.declarations.map(({ id }) => {
        if (id.type === 'Identifier') return id.value;
        throw new TypeError('an exported constant must have a name of its own, not a pattern');
      });
    case 'TsInterfaceDeclaration':
    case 'TsTypeAliasDeclaration':
    case 'TsEnumDeclaration':
    case 'TsModuleDeclaration':
      return [declaration.id.value];
    default:
      throw new TypeError(`unknown kind of export: ${JSON.stringify(declaration)}`);
  }
}

function exportedNames(root: string, file: string): string[] {
  return parseSource(root, file).flatMap((item) => {
    if (item.type === 'ExportDeclaration') return declaredNames(item);
    if (item.type === 'ExportNamedDeclaration') {
      return item.specifiers.map((specifier) => {
        if (specifier.type === 'ExportSpecifier') {
          return (specifier.exported ?? specifier.orig).value;
        }
        return specifier.type === 'ExportNamespaceSpecifier' ? specifier.name.value : 'default';
      });
    }
    if (item.type === 'ExportAllDeclaration') {
      return exportedNames(root, posix.join(posix.dirname(file), item.source.value));
    }
    const isDefault =
      item.type === 'ExportDefaultDeclaration' || item.type === 'ExportDefaultExpression';
    return isDefault ? ['default'] : [];
  });
}

/**
 * What every door offers, as text: a line for each `index.ts` and one, indented, for each exported name.
 * The copy in `.ci/doors.txt` makes a change of a public surface something one does on purpose.
 */
export function describeDoors(root: string): string {
  return productSources(root)
    .filter((file) => posix.basename(file) === 'index.ts')
    .map((file) => {
      const names = [...new Set(exportedNames(root, file))].toSorted();
      return `${posix.dirname(file)}\n${names.map((name) => `  ${name}\n`).join('')}`;
    })
    .join('');
}

function entriesOf(listing: string): ReadonlySet<string> {
  const entries = new Set<string>();
  let door = '';
  for (const line of listing.split('\n')) {
    if (line.startsWith('  ')) {
      entries.add(`${door}: ${line.trim()}`);
    } else if (line !== '') {
      door = line;
      entries.add(door);
    }
  }
  return entries;
}

/** What differs between two listings, marked `+` for new and `-` for gone, each with its door. */
export function compareDoors(recorded: string, actual: string): readonly string[] {
  const before = entriesOf(recorded);
  const after = entriesOf(actual);
  return [
    ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
    ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
  ];
}
