import { memo, type ReactElement } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

import { classesOf } from '../classes.ts';
import css from './Markdown.module.css';

const c = classesOf(css);
const plugins = [remarkGfm];

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

/** An agent's answer. Raw HTML in it stays text. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactElement {
  return (
    <div className={c('prose')} dir="auto">
      <ReactMarkdown remarkPlugins={plugins} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
