import { memo, type ReactElement } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';

import { classesOf } from '../classes.ts';
import css from './Markdown.module.css';

const c = classesOf(css);

const components: Components = {
  // A link of a model's answer never replaces the page and never learns where it was clicked.
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
  // The policy lets no remote picture in, so its words stand for it.
  img: ({ alt }) => <span>{alt}</span>,
  table: ({ children }) => (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a wide table scrolls, so it must be reachable by key
    <section className={c('table')} aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
};

export type Plugins = {
  readonly remark: NonNullable<Options['remarkPlugins']>;
  readonly rehype: NonNullable<Options['rehypePlugins']>;
};

const PLAIN: Plugins = { remark: [remarkGfm], rehype: [] };

type MarkdownSourceProps = {
  readonly source: string;
  /** Link reference definitions of the whole document. */
  readonly definitions: string;
  readonly plugins?: Plugins;
};

/** Markdown that is parsed once for as long as it stays the same. */
export const MarkdownSource = memo(
  function MarkdownSource({
    source,
    definitions,
    plugins = PLAIN,
  }: MarkdownSourceProps): ReactElement {
    return (
      <ReactMarkdown
        remarkPlugins={plugins.remark}
        rehypePlugins={plugins.rehype}
        components={components}
      >
        {mayRefer(source) ? definitions + source : source}
      </ReactMarkdown>
    );
  },
  (before, now) =>
    before.source === now.source &&
    before.plugins === now.plugins &&
    (before.definitions === now.definitions || !mayRefer(now.source)),
);

/** What has no bracket refers to no definition, so it does not care which there are. */
const mayRefer = (source: string): boolean => source.includes('[');
