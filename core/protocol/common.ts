import * as z from 'zod';

/** Absent and null mean the same for most optional fields (app-server §1). */
export const maybe = <Schema extends z.ZodType>(
  schema: Schema,
): z.ZodOptional<z.ZodNullable<Schema>> => schema.nullish();

export const EmptyParams = z.object({});
/** Of the few requests that are whole without any (app-server §1). */
export const OmittableParams = z.nullish(EmptyParams);
export const EmptyResponse = z.object({});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;

/** True for the textual form of a UUID of any version. */
export function isThreadId(value: string): boolean {
  return UUID.test(value);
}

/**
 * Parley's addition: what becomes of words that come while a turn runs. They go into that turn, as with the
 * peer, or get a turn of their own behind it.
 */
export const FollowUp = z.enum(['steer', 'queue']);
export type FollowUp = z.infer<typeof FollowUp>;
