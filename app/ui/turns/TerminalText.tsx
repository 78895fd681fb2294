import Anser from 'anser';
import { memo, type ReactElement } from 'react';

import { classesOf } from '../classes.ts';
import { harmless } from '../harmless.ts';
import css from './TerminalText.module.css';

const c = classesOf(css);

/** What there is a look for; other colours are shown as plain text. */
const LOOKS = new Set([
  'bold',
  'dim',
  'italic',
  'underline',
  'strikethrough',
  ...['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap((colour) =>
    [`ansi-${colour}`, `ansi-bright-${colour}`].flatMap((name) => [name, `on-${name}`]),
  ),
]);

/** Sequences that move the cursor or talk to a terminal: here they mean nothing. */
const OTHER_SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- they begin with one
  /\u001b(?:\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\[[\d;?<>=!]*[ -/]*[@-ln-~]|[PX^_][^\u001b]*\u001b\\|[()#%*+].|[@-Z\\^_`-~0-9=<>])/gu;

/** What a program printed, in its colours and without any other effect: text is all that comes of it. */
export const TerminalText = memo(function TerminalText({
  text,
}: {
  readonly text: string;
}): ReactElement {
  const lines = overwritten(text.replaceAll(OTHER_SEQUENCES, ''));
  const parts = Anser.ansiToJson(lines, { json: true, use_classes: true, remove_empty: true });
  return (
    <>
      {parts.map(({ content, fg, bg, decorations }, index) => (
        <span
          key={index}
          className={c(...[fg, `on-${bg}`, ...decorations].filter((look) => LOOKS.has(look)))}
        >
          {harmless(content)}
        </span>
      ))}
    </>
  );
});

/** Of a line that was written over, as progress is, what stands there last. */
function overwritten(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.slice(line.replace(/\r+$/u, '').lastIndexOf('\r') + 1))
    .join('\n');
}
