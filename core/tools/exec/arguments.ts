import * as z from 'zod';

const waitMs = z.number().nonnegative().optional();
const maxTokens = z.int().nonnegative().optional();

/** What `exec_command` is given (responses §12.2). */
export const ExecArguments = z.object({
  cmd: z.string().min(1),
  workdir: z.string().optional(),
  shell: z.string().min(1).optional(),
  login: z.boolean().optional(),
  tty: z.boolean().optional(),
  yield_time_ms: waitMs,
  max_output_tokens: maxTokens,
  sandbox_permissions: z.enum(['use_default', 'require_escalated']).optional(),
  justification: z.string().optional(),
});
export type ExecArguments = z.infer<typeof ExecArguments>;

/** What `write_stdin` is given (responses §12.2). */
export const WriteArguments = z.object({
  session_id: z.int(),
  chars: z.string().optional(),
  yield_time_ms: waitMs,
  max_output_tokens: maxTokens,
});
export type WriteArguments = z.infer<typeof WriteArguments>;

/** Bounds of what the model may ask to wait. */
export const clampedMs = (
  asked: number | undefined,
  {
    least,
    most,
    unasked,
  }: { readonly least: number; readonly most: number; readonly unasked: number },
): number => Math.min(most, Math.max(least, asked ?? unasked));
