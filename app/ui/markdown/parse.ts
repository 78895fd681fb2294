import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

const processor = unified().use(remarkParse).use(remarkGfm).freeze();

export type MarkdownRoot = ReturnType<typeof processor.parse>;
export type MarkdownBlockNode = MarkdownRoot['children'][number];
export type MarkdownNode = MarkdownRoot | MarkdownBlockNode;

/** The same parser, with the same extensions, that the view renders with. */
export const parseMarkdown = (source: string): MarkdownRoot => processor.parse(source);

/** Where a node begins and ends in what was parsed. */
export function spanOf(node: MarkdownNode): { readonly start: number; readonly end: number } {
  const { start, end } = node.position ?? {};
  return { start: start?.offset ?? 0, end: end?.offset ?? 0 };
}

/** The beginning of the line that a node begins in: its indentation belongs to it. */
export function lineStartOf(source: string, node: MarkdownNode): number {
  return source.lastIndexOf('\n', spanOf(node).start - 1) + 1;
}

/** Whether a node, or one inside of it, fits. */
export function someNode(node: MarkdownNode, fits: (node: MarkdownNode) => boolean): boolean {
  if (fits(node)) return true;
  return 'children' in node && node.children.some((child) => someNode(child, fits));
}

/** The link reference definitions in a tree, as they were written. */
export function definitionsIn(source: string, tree: MarkdownNode): string {
  if (tree.type === 'definition') {
    const { start, end } = spanOf(tree);
    return `${source.slice(start, end)}\n\n`;
  }
  if (!('children' in tree)) return '';
  let found = '';
  for (const child of tree.children) found += definitionsIn(source, child);
  return found;
}
