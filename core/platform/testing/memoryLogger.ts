import type { LogFields, Logger } from '../logger.ts';

export type LoggedLine = {
  readonly level: keyof Logger;
  readonly fields: LogFields;
  readonly message: string;
};

/** A logger that keeps what it was told, unredacted, for a test to look at. */
export class MemoryLogger implements Logger {
  readonly lines: LoggedLine[] = [];

  error(fields: LogFields, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }

  warn(fields: LogFields, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  info(fields: LogFields, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  debug(fields: LogFields, message: string): void {
    this.lines.push({ level: 'debug', fields, message });
  }
}
