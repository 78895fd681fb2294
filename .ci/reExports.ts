import { posix } from 'node:path';

import type { ModuleItem } from '@swc/core';

import { parseSource, productSources } from './sources.ts';

type Named = { readonly name: string; readonly source: string };

/** The room whose files `file` may re-export: the folder it lies in. */
function homeOf(file: string): string {
  return posix.dirname(file);
}

function importedNames(items: readonly ModuleItem[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const item of items) {
    if (item.type !== 'ImportDeclaration') continue;
    for (const { local } of item.specifiers) names.set(local.value, item.source.value);
  }
  return names;
}

function reExportsOf(items: readonly ModuleItem[]): readonly Named[] {
  const imported = importedNames(items);
  return items.flatMap((item): Named[] => {
    if (item.type === 'ExportAllDeclaration') {
      return [{ name: 'everything', source: item.source.value }];
    }
    if (item.type !== 'ExportNamedDeclaration') return [];
    return item.specifiers.flatMap((specifier): Named[] => {
      const name = specifier.type === 'ExportSpecifier' ? specifier.orig.value : 'everything';
      const source = item.source?.value ?? imported.get(name);
      return source === undefined ? [] : [{ name, source }];
    });
  });
}

/**
 * Re-exports of what another folder or package owns, one line each. Both spellings count: `export ...
 * from`, and importing a name to export it again. Users of a thing import it from its owner.
 */
export function findProxyReExports(root: string): readonly string[] {
  return productSources(root).flatMap((file) => {
    const home = homeOf(file);
    return reExportsOf(parseSource(root, file))
      .filter(({ source }) => {
        const target = posix.join(posix.dirname(file), source);
        return !source.startsWith('.') || !target.startsWith(`${home}/`);
      })
      .map(({ name, source }) => `${file} re-exports ${name} from ${source}, which owns it`);
  });
}
