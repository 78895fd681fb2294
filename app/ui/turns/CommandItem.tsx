import { type ReactElement, useLayoutEffect, useRef } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel } from 'react-aria-components';

import type { AgentItem } from '../../state/conversation/index.ts';
import { classesOf } from '../classes.ts';
import { harmless } from '../harmless.ts';
import { TerminalText } from './TerminalText.tsx';
import css from './WorkItems.module.css';

const c = classesOf(css);

type Command = Extract<AgentItem, { readonly type: 'command' }>;

/** Up to so many lines are shown without being asked for. */
const SHORT_LINES = 6;

/** A command of the agent, with what it prints while it runs. */
export function CommandItem({ item }: { readonly item: Command }): ReactElement {
  const { command, cwd, output, done } = item;
  const isShort = output.split('\n', SHORT_LINES + 1).length <= SHORT_LINES;
  const isOpen = !done || (isShort && output !== '');
  return (
    <section className={c('card')} aria-label="Command">
      <p className={c('line')}>
        <code className={c('command')} dir="ltr" title={cwd}>
          {harmless(command)}
        </code>
        <small className={c('state', item.status)}>{stateOf(item)}</small>
      </p>
      {output !== '' && isOpen && <Output text={output} follows={!done} />}
      {output !== '' && !isOpen && (
        <Disclosure>
          <AriaButton slot="trigger" className={c('fold')}>
            What it printed
          </AriaButton>
          <DisclosurePanel>
            <Output text={output} follows={false} />
          </DisclosurePanel>
        </Disclosure>
      )}
    </section>
  );
}

function stateOf({ status, exitCode, durationMs, done }: Command): string {
  if (status === 'declined') return 'not allowed';
  if (status === 'inProgress') return done ? 'runs on' : 'running';
  const took = durationMs === undefined ? '' : ` · ${(durationMs / 1000).toFixed(1)} s`;
  if (status === 'completed') return `done${took}`;
  return `${exitCode === undefined ? 'failed' : `failed with ${exitCode}`}${took}`;
}

/** Follows what is printed as long as its end is in sight. */
function Output({
  text,
  follows,
}: {
  readonly text: string;
  readonly follows: boolean;
}): ReactElement {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = box.current;
    if (follows && isAtEnd.current && element !== null) element.scrollTop = element.scrollHeight;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- it is the text that makes it longer
  }, [text, follows]);
  return (
    <pre
      ref={box}
      className={c('output')}
      dir="ltr"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be reached by keys
      tabIndex={0}
      aria-label="What it printed"
      onScroll={({ currentTarget }) => {
        const { scrollHeight, scrollTop, clientHeight } = currentTarget;
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      <TerminalText text={text} />
    </pre>
  );
}
