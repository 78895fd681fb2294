import type { ReactElement } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel } from 'react-aria-components';

import type { AgentItem } from '../../state/conversation/index.ts';
import { classesOf } from '../classes.ts';
import { harmless } from '../harmless.ts';
import css from './WorkItems.module.css';

const c = classesOf(css);

type Files = Extract<AgentItem, { readonly type: 'files' }>;
type Change = Files['changes'][number];

const STATUS = {
  inProgress: 'writing',
  completed: 'changed',
  failed: 'not changed',
  declined: 'not allowed',
} as const;
const KIND = { add: 'new', delete: 'deleted', update: '' } as const;

/** Up to so many lines of a diff are shown without being asked for. */
const SHORT_LINES = 12;

/** Files that the agent changes, each with its diff. */
export function FilesItem({ item }: { readonly item: Files }): ReactElement {
  const { changes, done } = item;
  // A patch that was written and never tried: it was malformed, or the turn has ended before.
  const status = done && item.status === 'inProgress' ? 'failed' : item.status;
  return (
    <section className={c('card')} aria-label="Files">
      <p className={c('line')}>
        <span className={c('what')}>
          {changes.length === 1 ? '1 file' : `${changes.length} files`}
        </span>
        <small className={c('state', status)}>{STATUS[status]}</small>
      </p>
      {changes.map((change) => (
        <FileChange key={change.path} change={change} />
      ))}
    </section>
  );
}

function FileChange({ change }: { readonly change: Change }): ReactElement {
  const { path, kind } = change;
  const lines = linesOf(change);
  const added = lines.filter(({ sign }) => sign === '+').length;
  const removed = lines.filter(({ sign }) => sign === '-').length;
  const moved = kind.type === 'update' ? kind.move_path : null;
  return (
    <Disclosure defaultExpanded={lines.length <= SHORT_LINES}>
      <AriaButton slot="trigger" className={c('file')}>
        <span className={c('path')} title={path}>
          <bdi>{harmless(moved === null ? path : `${path} → ${moved}`)}</bdi>
        </span>
        {KIND[kind.type] !== '' && <small>{KIND[kind.type]}</small>}
        <small className={c('added')}>+{added}</small>
        <small className={c('removed')}>−{removed}</small>
      </AriaButton>
      <DisclosurePanel>
        <pre
          className={c('output')}
          dir="ltr"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be reached by keys
          tabIndex={0}
          aria-label={`Changes of ${path}`}
        >
          {lines.map(({ sign, text }, index) => (
            <span key={index} className={c('diffLine', SIGNS[sign])}>
              {sign}
              {harmless(text)}
              {'\n'}
            </span>
          ))}
        </pre>
      </DisclosurePanel>
    </Disclosure>
  );
}

type Sign = '+' | '-' | ' ' | '@';
const SIGNS = { '+': 'plus', '-': 'minus', ' ': 'same', '@': 'place' } as const;

/** A file that comes or goes is told as its text, one that changes as hunks (app-server §7). */
function linesOf({
  kind,
  diff,
}: Change): readonly { readonly sign: Sign; readonly text: string }[] {
  if (diff === '') return [];
  const lines = diff.replace(/\n$/u, '').split('\n');
  if (kind.type === 'add') return lines.map((text) => ({ sign: '+', text }));
  if (kind.type === 'delete') return lines.map((text) => ({ sign: '-', text }));
  return lines
    .filter((line) => !/^(?:---|\+\+\+) /u.test(line))
    .map((line) => {
      const [first = ' '] = line;
      if (first === '+' || first === '-') return { sign: first, text: line.slice(1) };
      if (first === '@') return { sign: '@', text: line.slice(1) };
      return { sign: ' ', text: line.slice(1) };
    });
}
