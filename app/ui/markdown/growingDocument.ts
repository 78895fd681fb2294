import {
  completeLines,
  type Continuation,
  continueBlock,
  type GrowingBlock,
  openBlock,
  withoutBlankEnd,
} from './growingBlock.ts';
import {
  definitionsIn,
  lineStartOf,
  type MarkdownNode,
  parseMarkdown,
  someNode,
  spanOf,
} from './parse.ts';

/** A block of the document, by itself. */
export type DocumentBlock =
  | { readonly kind: 'whole'; readonly source: string }
  | { readonly kind: 'parts'; readonly block: GrowingBlock; readonly rest: string };

/**
 * Markdown that grows at its end. What is finished is never parsed again; only the last block, or the
 * end of it where it is long, is.
 */
export type GrowingDocument = {
  readonly text: string;
  /** Blocks that nothing can change any more. */
  readonly finished: readonly DocumentBlock[];
  /** The last block where it is long. */
  readonly growing: { readonly block: GrowingBlock; readonly rest: string } | undefined;
  /** Everything after that. */
  readonly tail: string;
  /** Link reference definitions, wherever they stand: they hold for the whole document. */
  readonly definitions: string;
  /** The part of `definitions` that is in finished blocks. */
  readonly settledDefinitions: string;
  /** Where `tail`, or what of the growing block is not in parts, begins in `text`. */
  readonly start: number;
  /** The tail was looked at when it had this length. */
  readonly lookedAt: number;
  /** A block that starts here is left whole: taking it apart was a mistake. */
  readonly keepWholeAt: number;
  /** Footnotes are numbered through a document, so it is rendered whole. */
  readonly hasFootnotes: boolean;
};

export const emptyDocument: GrowingDocument = {
  text: '',
  finished: [],
  growing: undefined,
  tail: '',
  definitions: '',
  settledDefinitions: '',
  start: 0,
  lookedAt: 0,
  keepWholeAt: -1,
  hasFootnotes: false,
};

/** A tail is looked at again when it has grown by so much, or by a part of itself. */
const LOOK_AFTER = 200;
const LOOK_AFTER_SHARE = 0.25;
const DEFINITION_MARK = ']:';

/** The document with more text at its end; any other text begins a new document. */
export function growDocument(before: GrowingDocument, source: string): GrowingDocument {
  const text = withLineFeeds(source);
  if (text === before.text) return before;
  if (!text.startsWith(before.text)) return growDocument(emptyDocument, text);
  let now: GrowingDocument = { ...before, text };
  if (now.hasFootnotes) return { ...now, tail: text };
  for (;;) {
    const next = now.growing === undefined ? look(now) : goOn(now, now.growing.block);
    const hasMoved =
      next.start !== now.start || (next.growing === undefined) !== (now.growing === undefined);
    if (next.hasFootnotes || !hasMoved) return next;
    now = next;
  }
}

/** Markdown's other line ends (CommonMark, "Characters and lines") as line feeds, so that a line begins behind a line feed only. */
const withLineFeeds = (source: string): string =>
  source.includes('\r') ? source.replaceAll(/\r\n?/gu, '\n') : source;

/** Finds blocks in the tail that are over. */
function look(document: GrowingDocument): GrowingDocument {
  const { text, start, lookedAt, settledDefinitions } = document;
  const tail = text.slice(start);
  const grown = tail.length - lookedAt;
  const hasDefinition = tail.includes(DEFINITION_MARK);
  if (!hasDefinition && grown < Math.max(LOOK_AFTER, lookedAt * LOOK_AFTER_SHARE)) {
    return { ...document, tail };
  }
  const looked = { ...document, tail, lookedAt: tail.length };
  const complete = completeLines(tail);
  // Of a first line that is not whole yet, only a paragraph is taken apart, which can be undone.
  const all = settledDefinitions + (complete === '' ? tail : complete);
  const children = parseMarkdown(all).children.filter(
    (child) => spanOf(child).end > settledDefinitions.length,
  );
  const last = children.at(-1);
  const withDefinitions = hasDefinition ? learnDefinitions(looked, tail) : looked;
  if (withDefinitions.hasFootnotes || last === undefined) return withDefinitions;
  const starts = children.flatMap((child, index) =>
    isHeldByPrevious(all, children[index - 1], child)
      ? []
      : [lineStartOf(all, child) - settledDefinitions.length],
  );
  const lastStart = starts.at(-1) ?? 0;
  if (starts.length < children.length && starts.length < 2) return withDefinitions;
  if (children.length > 1) {
    const finished = starts.slice(0, -1).map((from, index): DocumentBlock => ({
      kind: 'whole',
      source: withoutBlankEnd(complete.slice(from, starts[index + 1])),
    }));
    return settle(withDefinitions, finished, start + lastStart);
  }
  if (document.keepWholeAt === start + lastStart) return withDefinitions;
  const opening = openBlock(
    last.type === 'paragraph' ? tail.slice(lastStart) : complete.slice(lastStart),
    last,
    start + lastStart,
    settledDefinitions,
  );
  if (opening === undefined) return withDefinitions;
  return {
    ...withDefinitions,
    growing: { block: opening.block, rest: '' },
    tail: '',
    start: start + lastStart + opening.taken,
    settledDefinitions:
      settledDefinitions + definitionsOf(tail.slice(0, lastStart + opening.taken)),
    lookedAt: 0,
  };
}

/**
 * Right below a definition or indented code the parser takes some lists for words (a lone `*`, a first
 * number other than 1), so what stands there is read together with it.
 */
function isHeldByPrevious(
  all: string,
  before: MarkdownNode | undefined,
  node: MarkdownNode,
): boolean {
  if (before === undefined) return false;
  const { start } = spanOf(before);
  const isIndented = before.type === 'code' && !/[`~]/u.test(all.charAt(start));
  if (before.type !== 'definition' && !isIndented) return false;
  return !/\n[ \t]*\n/u.test(all.slice(spanOf(before).end, spanOf(node).start));
}

/** Goes on with a long last block, and finishes it where another one has begun. */
function goOn(document: GrowingDocument, block: GrowingBlock): GrowingDocument {
  const { text, start, settledDefinitions } = document;
  const source = text.slice(start);
  if (source.includes(DEFINITION_MARK)) {
    const learnt = learnDefinitions(document, block.prefix + source);
    if (learnt.hasFootnotes) return learnt;
    if (learnt !== document) return goOn(learnt, block);
  }
  const now = continueBlock(block, source, settledDefinitions);
  if (now === undefined) return keepWhole(document, block);
  const shown = shownOf(document, now, source);
  if (now.next === undefined) return shown;
  // What ends the block is only known once its line is whole.
  const final = continueBlock(block, completeLines(source), settledDefinitions);
  if (final?.next === undefined) return shown;
  const { rest } = final;
  const over: DocumentBlock = { kind: 'parts', block: final.block, rest };
  return settle({ ...shown, growing: undefined }, [over], start + final.next, block.prefix);
}

function shownOf(document: GrowingDocument, now: Continuation, source: string): GrowingDocument {
  const { block, rest, taken, next } = now;
  const found = taken === 0 ? '' : definitionsOf(block.prefix + source.slice(0, taken));
  return {
    ...document,
    settledDefinitions: document.settledDefinitions + found,
    growing: { block, rest },
    tail: next === undefined ? '' : source.slice(next),
    start: document.start + taken,
  };
}

function settle(
  document: GrowingDocument,
  blocks: readonly DocumentBlock[],
  start: number,
  prefix = '',
): GrowingDocument {
  const { text, settledDefinitions } = document;
  const found = definitionsOf(prefix + text.slice(document.start, start));
  return {
    ...document,
    finished: [...document.finished, ...blocks],
    settledDefinitions: settledDefinitions + found,
    start,
    tail: text.slice(start),
    lookedAt: 0,
  };
}

const definitionsOf = (source: string): string =>
  source.includes(DEFINITION_MARK) ? definitionsIn(source, parseMarkdown(source)) : '';

/** A long block turned out to be another kind of block than it began as. */
function keepWhole(document: GrowingDocument, { start }: GrowingBlock): GrowingDocument {
  return { ...document, growing: undefined, start, lookedAt: 0, keepWholeAt: start };
}

function learnDefinitions(document: GrowingDocument, tail: string): GrowingDocument {
  const tree = parseMarkdown(tail);
  if (someNode(tree, ({ type }) => type === 'footnoteDefinition')) {
    const { text } = document;
    return { ...emptyDocument, text, tail: text, hasFootnotes: true };
  }
  const definitions = document.settledDefinitions + definitionsIn(tail, tree);
  return definitions === document.definitions ? document : { ...document, definitions };
}
