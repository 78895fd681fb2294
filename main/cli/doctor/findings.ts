/** `note` is something to know that keeps nothing from working. */
export type Finding = {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'failed';
  readonly detail: string;
};

export const ok = (name: string, detail: string): Finding => ({ name, state: 'ok', detail });
export const note = (name: string, detail: string): Finding => ({ name, state: 'note', detail });
export const failed = (name: string, detail: string): Finding => ({
  name,
  state: 'failed',
  detail,
});
