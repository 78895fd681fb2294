import * as z from 'zod';

/** Absent and null mean the same for most optional fields (app-server §1). */
export const maybe = <Schema extends z.ZodType>(
  schema: Schema,
): z.ZodOptional<z.ZodNullable<Schema>> => schema.nullish();

export const EmptyParams = z.object({});
export const EmptyResponse = z.object({});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;

/** True for the textual form of a UUID of any version. */
export function isThreadId(value: string): boolean {
  return UUID.test(value);
}
