import { join } from 'node:path';

import { normalizePath, type Plugin } from 'vite';

/** The parts of the tree that are read here; the parser of the bundler gives ESTree. */
type Node = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly start: number;
  readonly end: number;
};

/**
 * Has each schema that a module makes when it is loaded (`const Turn = z.object(...)`) built when it is first asked
 * for, in engines alone: a start builds the few that it needs, however many there are.
 */
export function lateSchemas(root: string): Plugin {
  const helper = normalizePath(join(root, '.ci/build/later.ts'));
  const ours = new RegExp(`^${RegExp.escape(normalizePath(root))}/(?:core|realtime)/`, 'u');
  return {
    name: 'parley:late-schemas',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'engines',
    transform: {
      order: 'post',
      filter: { id: ours, code: /\bz\.\w+\(/u },
      handler(code) {
        const places = schemasIn(this.parse(code).body);
        if (places.length === 0) return;
        let changed = code;
        for (const { start, end } of places.toReversed()) {
          changed = `${changed.slice(0, start)}/* @__PURE__ */ later(() => ${changed.slice(start, end)})${changed.slice(end)}`;
        }
        return { code: `import { later } from ${JSON.stringify(helper)};\n${changed}`, map: null };
      },
    },
  };
}

/** The schemas of a statement at the top of a module, outermost ones, but none that a function is yet to build. */
function schemasIn(node: unknown): readonly Node[] {
  if (Array.isArray(node)) return node.flatMap(schemasIn);
  if (!isNode(node) || LATER_ANYWAY.test(node.type)) return [];
  return isSchema(node) ? [node] : Object.values(node).flatMap(schemasIn);
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  'start' in value &&
  'end' in value;

const LATER_ANYWAY = /Function|^Class|^Import|^TS/u;

const MAKERS =
  /^(?:array|boolean|custom|discriminatedUnion|enum|int|intersection|literal|looseObject|nullable|nullish|number|object|optional|partialRecord|pipe|preprocess|record|strictObject|string|transform|tuple|union)$/u;
/** Calls on a schema that give something else, or note something down under it. */
const ENDS = /^(?:parse|safeParse|isOptional|isNullable|meta|describe|register)/u;

/** Whether `z.maker(...)` begins a chain of calls that ends here with a schema. */
function isSchema(node: Node): boolean {
  const callee = node['callee'];
  if (node.type !== 'CallExpression' || !isNode(callee)) return false;
  const object = callee['object'];
  const property = callee['property'];
  if (callee.type !== 'MemberExpression' || !isNode(object) || !isNode(property)) return false;
  const name = String(property['name']);
  if (object.type === 'Identifier') return object['name'] === 'z' && MAKERS.test(name);
  return !ENDS.test(name) && isSchema(object);
}
