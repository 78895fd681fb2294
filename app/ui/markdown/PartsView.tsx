import type { ReactElement } from 'react';
import remarkGfm from 'remark-gfm';

import { assertNever } from '../../../core/base/index.ts';
import { type GrowingBlock, PARAGRAPH_PREFIX } from './growingBlock.ts';
import { MarkdownSource, type Plugins } from './MarkdownSource.tsx';

type PartsViewProps = {
  readonly block: GrowingBlock;
  /** What of the block is not in its parts. */
  readonly rest: string;
  readonly definitions: string;
};

/** A long block, each part of which is parsed by itself and loses what it would be wrapped in then. */
export function PartsView({ block, rest, definitions }: PartsViewProps): ReactElement {
  const { kind, parts, prefix, firstNumber, language } = block;
  const view = (part: string, index: number): ReactElement => (
    <MarkdownSource
      key={index}
      source={kind === 'paragraph' && index === 0 ? part : prefix + part}
      definitions={definitions}
      plugins={pluginsFor(block, index)}
    />
  );
  const all = rest === '' ? parts : [...parts, rest];
  switch (kind) {
    case 'paragraph':
      return <p>{all.flatMap((part, index) => [index > 0 && ' ', view(part, index)])}</p>;
    case 'code':
      return (
        <pre>
          <code className={language === undefined ? undefined : `language-${language}`}>
            {all.map(view)}
          </code>
        </pre>
      );
    case 'list':
      return firstNumber === undefined ? (
        <ul>{all.map(view)}</ul>
      ) : (
        <ol start={firstNumber === 1 ? undefined : firstNumber}>{all.map(view)}</ol>
      );
    default:
      return assertNever(kind, 'kind of block');
  }
}

function pluginsFor({ kind, isLoose }: GrowingBlock, index: number): Plugins {
  switch (kind) {
    case 'paragraph':
      return index === 0 ? FIRST_WORDS : MORE_WORDS;
    case 'code':
      return LINES;
    case 'list':
      return isLoose ? LOOSE_ITEMS : ITEMS;
    default:
      return assertNever(kind, 'kind of block');
  }
}

type Tree = {
  children: { type: string; value?: string; spread?: boolean; children?: Tree['children'] }[];
};

/** Leaves what is in the first element, and in the first one of that. */
const inside = (depth: number) => () => (tree: Tree) => {
  for (let at = 0; at < depth; at += 1) {
    const element = tree.children.find(({ type }) => type === 'element');
    tree.children = element?.children ?? [];
  }
};

/** Takes the word away that a paragraph's part stands behind. */
const withoutPrefix = () => (tree: Tree) => {
  const [first] = tree.children;
  if (first?.value !== undefined) first.value = first.value.slice(PARAGRAPH_PREFIX.length);
};

/** An item alone does not know that the list has room between its items. */
const withRoom = () => (tree: Tree) => {
  for (const node of tree.children) if (node.type === 'list') node.spread = true;
};

const FIRST_WORDS: Plugins = { remark: [remarkGfm], rehype: [inside(1)] };
const MORE_WORDS: Plugins = { remark: [remarkGfm], rehype: [inside(1), withoutPrefix] };
const LINES: Plugins = { remark: [remarkGfm], rehype: [inside(2)] };
const ITEMS: Plugins = { remark: [remarkGfm], rehype: [inside(1)] };
const LOOSE_ITEMS: Plugins = { remark: [remarkGfm, withRoom], rehype: [inside(1)] };
