import type { FunctionTool } from '../../model/index.ts';

const WAIT =
  'How long to wait for it, in milliseconds, before you are told what it has printed so far.';
const MAX_TOKENS =
  'About how many tokens of output you want at most; the middle of more is left out.';

/**
 * Written out, and not made of what reads the arguments: they are sent with every first turn, and the reader comes
 * with the first call.
 */
export const EXEC_COMMAND: FunctionTool = {
  type: 'function',
  name: 'exec_command',
  description:
    'Runs a command in the shell of this machine. It may read, write and reach only what this conversation is allowed to; what goes beyond is refused, or the user is asked. A command that takes longer than the wait runs on, and write_stdin reads more of it.',
  strict: false,
  parameters: {
    type: 'object',
    properties: {
      cmd: { type: 'string', description: 'What the shell is given.' },
      workdir: {
        type: 'string',
        description: 'The folder it runs in, absolute or from the working folder.',
      },
      shell: { type: 'string', description: "Another shell than the user's own." },
      login: {
        type: 'boolean',
        description: 'Whether the shell reads its profile first; true unless told.',
      },
      tty: {
        type: 'boolean',
        description:
          'Whether it gets a terminal, for programs that are typed to; without one it has no input.',
      },
      yield_time_ms: { type: 'number', description: WAIT },
      max_output_tokens: { type: 'number', description: MAX_TOKENS },
      sandbox_permissions: {
        type: 'string',
        enum: ['use_default', 'require_escalated'],
        description:
          '`require_escalated` asks the user to let it run outside the sandbox. Only for what cannot be done inside.',
      },
      justification: {
        type: 'string',
        description:
          'One sentence for the user on why it has to, as a question. Only with `require_escalated`.',
      },
    },
    required: ['cmd'],
    additionalProperties: false,
  },
};

export const WRITE_STDIN: FunctionTool = {
  type: 'function',
  name: 'write_stdin',
  description:
    'Types into a command that runs on, or only waits, and tells what it has printed since. Control characters are typed as they are: \\u0003 is Ctrl-C.',
  strict: false,
  parameters: {
    type: 'object',
    properties: {
      session_id: { type: 'number', description: 'As exec_command told it.' },
      chars: { type: 'string', description: 'What to type; nothing means to wait.' },
      yield_time_ms: { type: 'number', description: WAIT },
      max_output_tokens: { type: 'number', description: MAX_TOKENS },
    },
    required: ['session_id'],
    additionalProperties: false,
  },
};
