import { assertNever } from '../../../core/base/index.ts';
import { lineStartOf, type MarkdownBlockNode, parseMarkdown, someNode, spanOf } from './parse.ts';

/**
 * A block that is long before it is finished, in parts that are parsed once each: a paragraph in runs of
 * words, fenced code in runs of lines, a list in items. Each part is Markdown of its own behind
 * `prefix`, which gives it the same meaning as in its place.
 */
export type GrowingBlock = {
  readonly kind: 'paragraph' | 'code' | 'list';
  /** Where the block begins in the text. */
  readonly start: number;
  readonly parts: readonly string[];
  /** Put before every part but a paragraph's first one. */
  readonly prefix: string;
  /** Whether a list's items stand apart, and what its first number is, where it has numbers. */
  readonly isLoose: boolean;
  readonly firstNumber: number | undefined;
  /** What code is written in, where it says so. */
  readonly language: string | undefined;
};

/** Words behind this stand where they would within a paragraph: behind a word and a space. */
export const PARAGRAPH_PREFIX = 'x ';

/** Below this a block is not worth being taken apart. */
const LONG = 900;
/** So much at the end of a paragraph stays open. */
const OPEN_WORDS = 120;

/** What can still get another meaning by what follows it: marks without a partner, and table cells. */
const UNSETTLED = /[\\`*_~[\]<>&!|]/u;

/** How much of `source`, which is the last block's so far, can be taken as a first part. */
export type Opening = { readonly block: GrowingBlock; readonly taken: number };

/** Takes a long last block apart; undefined where it is short, or of a kind that stays whole. */
export function openBlock(
  source: string,
  node: MarkdownBlockNode,
  start: number,
  definitions: string,
): Opening | undefined {
  if (source.length < LONG) return undefined;
  const shared = { start, prefix: '', isLoose: false, firstNumber: undefined, language: undefined };
  if (node.type !== 'paragraph' && node.type !== 'code' && node.type !== 'list') return undefined;
  switch (node.type) {
    case 'paragraph': {
      const taken = settledLength(source, definitions);
      if (taken === 0) return undefined;
      const parts = [source.slice(0, taken)];
      return {
        block: { ...shared, kind: 'paragraph', parts, prefix: PARAGRAPH_PREFIX },
        taken: taken + 1,
      };
    }
    case 'code': {
      const complete = completeLines(source);
      const prefix = complete.slice(0, complete.indexOf('\n') + 1);
      if (complete === '' || !isOpenFence(complete)) return undefined;
      const parts = [complete.slice(prefix.length)];
      const [language] = node.lang?.split(/\s+/u) ?? [];
      return {
        block: { ...shared, kind: 'code', parts, prefix, language },
        taken: complete.length,
      };
    }
    case 'list': {
      const { parts, taken, isLoose } = finishedItems(completeLines(source), definitions);
      if (parts.length === 0) return undefined;
      const firstNumber = node.ordered === true ? (node.start ?? 1) : undefined;
      return { block: { ...shared, kind: 'list', parts, isLoose, firstNumber }, taken };
    }
  }
}

/** What of the text behind the parts belongs to the block, and what of that is finished. */
export type Continuation = {
  readonly block: GrowingBlock;
  /** Taken over into the block's parts. */
  readonly taken: number;
  /** Belongs to the block, after what was taken. */
  readonly rest: string;
  /** Where the next block begins, after what was taken; undefined while there is none. */
  readonly next: number | undefined;
};

/** Goes on with a block that was taken apart; undefined where it turned out to be something else. */
export function continueBlock(
  block: GrowingBlock,
  source: string,
  definitions: string,
): Continuation | undefined {
  const lead = definitions + block.prefix;
  const { children } = parseMarkdown(lead + source);
  const own = children.filter((child) => spanOf(child).end > definitions.length);
  const [first, second] = own;
  if (first === undefined) return source.trim() === '' ? still(block, source) : undefined;
  if (first.type !== block.kind) return undefined;
  const end =
    second === undefined ? source.length : lineStartOf(lead + source, second) - lead.length;
  const rest = source.slice(0, end);
  const isLoose = block.isLoose || (first.type === 'list' && isLooseList(first));
  const grown = isLoose === block.isLoose ? block : { ...block, isLoose };
  if (second !== undefined) {
    return { block: grown, taken: 0, rest: withoutBlankEnd(rest), next: end };
  }
  const { parts, taken } = finishedParts(grown, rest, definitions);
  if (parts.length === 0) return still(grown, rest);
  const longer = { ...grown, parts: [...grown.parts, ...parts] };
  return { block: longer, taken, rest: rest.slice(taken), next: undefined };
}

const still = (block: GrowingBlock, rest: string): Continuation => ({
  block,
  taken: 0,
  rest,
  next: undefined,
});

type Finished = { readonly parts: readonly string[]; readonly taken: number };
const NOTHING: Finished = { parts: [], taken: 0 };

function finishedParts(
  { kind, prefix }: GrowingBlock,
  rest: string,
  definitions: string,
): Finished {
  switch (kind) {
    case 'paragraph': {
      if (rest.length < LONG) return NOTHING;
      const taken = settledLength(rest, definitions, PARAGRAPH_PREFIX);
      return taken === 0 ? NOTHING : { parts: [rest.slice(0, taken)], taken: taken + 1 };
    }
    case 'code': {
      const complete = completeLines(rest);
      return complete.length < LONG || !isOpenFence(prefix + complete)
        ? NOTHING
        : { parts: [complete], taken: complete.length };
    }
    case 'list':
      return finishedItems(completeLines(rest), definitions);
    default:
      return assertNever(kind, 'kind of block');
  }
}

/**
 * A block that another one follows, without the blank lines between them: in a list item they would belong to
 * code whose fence was not closed.
 */
export function withoutBlankEnd(source: string): string {
  const end = source.indexOf('\n', source.trimEnd().length);
  return end === -1 ? source : source.slice(0, end + 1);
}

/** Only whole lines are final: the beginning of one can be anything. */
export const completeLines = (source: string): string =>
  source.slice(0, source.lastIndexOf('\n') + 1);

/** Another line would be code, too: the fence was not closed. */
function isOpenFence(source: string): boolean {
  const { children } = parseMarkdown(`${source}x\n`);
  const [code] = children;
  return children.length === 1 && code?.type === 'code' && code.value.endsWith('x');
}

/** All items but the last one, which may still go on. */
function finishedItems(
  source: string,
  definitions: string,
): Finished & { readonly isLoose: boolean } {
  const all = definitions + source;
  const list = parseMarkdown(all).children.find((child) => spanOf(child).end > definitions.length);
  if (list?.type !== 'list') return { ...NOTHING, isLoose: false };
  const starts = list.children.map((item) => lineStartOf(all, item) - definitions.length);
  const parts = starts.slice(0, -1).map((start, index) => source.slice(start, starts[index + 1]));
  return { parts, taken: starts.at(-1) ?? 0, isLoose: isLooseList(list) };
}

type List = Extract<MarkdownBlockNode, { type: 'list' }>;

const isLooseList = (list: List): boolean =>
  list.spread === true || list.children.some(({ spread }) => spread === true);

/**
 * How much of the beginning of a paragraph keeps its meaning whatever follows: up to a space between two
 * words, with no mark before it that still looks for its partner.
 */
function settledLength(source: string, definitions: string, prefix = ''): number {
  const lead = definitions.length + prefix.length;
  const all = definitions + prefix + source;
  const paragraph = parseMarkdown(all).children.find(
    (child) => spanOf(child).end > definitions.length,
  );
  if (paragraph?.type !== 'paragraph') return 0;
  let settled = 0;
  for (const child of paragraph.children) {
    const { start, end } = spanOf(child);
    if (child.type === 'text') {
      const from = Math.max(start, lead);
      const words = all.slice(from, end);
      const mark = UNSETTLED.exec(words)?.index ?? words.length;
      const cut = lastGap(
        words.slice(0, Math.max(0, Math.min(mark, all.length - OPEN_WORDS - from))),
      );
      if (cut > 0) settled = from - lead + cut;
      if (mark < words.length) break;
    } else if (someNode(child, (inner) => inner.type === 'text' && UNSETTLED.test(inner.value))) {
      break;
    }
  }
  return settled;
}

/** The last single space between two words; 0 when there is none. */
function lastGap(words: string): number {
  for (let at = words.length - 2; at > 0; at -= 1) {
    if (/^\S \S$/u.test(words.slice(at - 1, at + 2))) return at;
  }
  return 0;
}
