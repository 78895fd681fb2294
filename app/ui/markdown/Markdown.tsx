import { memo, type ReactElement, useState } from 'react';

import { classesOf } from '../classes.ts';
import { PartsView } from './PartsView.tsx';
import {
  type DocumentBlock,
  emptyDocument,
  growDocument,
  type GrowingDocument,
} from './growingDocument.ts';
import css from './Markdown.module.css';
import { MarkdownSource } from './MarkdownSource.tsx';
import { usePaced } from './usePaced.ts';

const c = classesOf(css);

/** Markdown of an agent, also while it grows. Raw HTML in it stays text. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactElement {
  const [before, setDocument] = useState(() => growDocument(emptyDocument, text));
  const document = growDocument(before, usePaced(text, before.text.length - before.start));
  if (document !== before) setDocument(document);
  return (
    <div className={c('prose')} dir="auto">
      <DocumentView document={document} />
    </div>
  );
});

/** The blocks of a document as far as it has come. */
export function DocumentView({ document }: { readonly document: GrowingDocument }): ReactElement {
  const { finished, growing, tail, definitions } = document;
  // Keys are places: blocks are only ever added at the end, and the last one stays in its place when it is done.
  const blocks = finished.map((block, place) => (
    <BlockView key={place} block={block} definitions={definitions} />
  ));
  if (growing !== undefined) {
    const block: DocumentBlock = { kind: 'parts', ...growing };
    blocks.push(<BlockView key={blocks.length} block={block} definitions={definitions} />);
  }
  if (tail !== '') {
    const block: DocumentBlock = { kind: 'whole', source: tail };
    blocks.push(<BlockView key={blocks.length} block={block} definitions={definitions} />);
  }
  // Raw HTML is shown as text, which needs the line ends between blocks.
  return <>{blocks.flatMap((block, place) => (place === 0 ? [block] : ['\n', block]))}</>;
}

type BlockViewProps = { readonly block: DocumentBlock; readonly definitions: string };

const BlockView = memo(function BlockView({ block, definitions }: BlockViewProps): ReactElement {
  return block.kind === 'whole' ? (
    <MarkdownSource source={block.source} definitions={definitions} />
  ) : (
    <PartsView block={block.block} rest={block.rest} definitions={definitions} />
  );
});
