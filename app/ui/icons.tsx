import type { ReactElement } from 'react';

const SHAPES = {
  mic: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.500 11a6.500 6.500 0 0 0 13 0M12 17.500V21',
  micOff:
    'M9 9v2a3 3 0 0 0 4.700 2.450M15 11V6a3 3 0 0 0-5.800-1.050M5.500 11a6.500 6.500 0 0 0 9.600 5.700M18.500 11a6.500 6.500 0 0 1-.6 2.700M12 17.500V21M4 3.500l16 17',
  quiet: 'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500H4ZM16 9.500l5 5M21 9.500l-5 5',
  aloud:
    'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500H4ZM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a7.800 7.800 0 0 1 0 11',
  stop: 'M7.500 6.500h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1Z',
  end: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19V5.500M6 11l6-6 6 6',
  plus: 'M12 5v14M5 12h14',
  list: 'M4 6.500h16M4 12h16M4 17.500h10',
  work: 'M4 7l2 2 3.500-3.500M4 16l2 2 3.500-3.500M13 7.500h7M13 16.500h7',
  again: 'M19 8.500A7.500 7.500 0 1 0 19.500 12M19.500 4.500v4.500H15',
  down: 'M12 5v13.500M6 13l6 6 6-6',
  theme: 'M12 3.500a8.500 8.500 0 1 0 8.500 8.500A6.500 6.500 0 0 1 12 3.500Z',
  command:
    'M9 9h6v6H9zM9 9V6.500A2.500 2.500 0 1 0 6.500 9H9ZM15 9h2.500A2.500 2.500 0 1 0 15 6.500V9ZM15 15v2.500a2.500 2.500 0 1 0 2.500-2.500H15ZM9 15H6.500A2.500 2.500 0 1 0 9 17.500V15Z',
  record:
    'M12 5a7 7 0 1 0 0 14a7 7 0 0 0 0-14ZM12 9.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 0 0 0-5Z',
  play: 'M8 5.500v13l10.500-6.500L8 5.500Z',
  download: 'M12 4v11M7 10.500l5 5 5-5M5 19.500h14',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  time: 'M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16ZM12 8v4.500l3 2',
  warn: 'M12 4 2.800 19.500h18.400L12 4ZM12 10v4.500M12 17v.1',
} as const;

export type IconName = keyof typeof SHAPES;

/** A small line drawing beside words; it never stands for them alone. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactElement {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
