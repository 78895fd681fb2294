import * as z from 'zod';

import { ApprovalPolicy } from '../schema/index.ts';

const pins = z.record(z.string(), z.boolean());

/** What a file of requirements may fix; the rest of it is not enforced here, and said so. */
export const RequirementsFile = z.object({
  allowed_approval_policies: z.array(ApprovalPolicy).min(1).optional(),
  allowed_approvals_reviewers: z
    .array(z.enum(['user', 'auto_review', 'guardian_subagent']))
    .min(1)
    .optional(),
  allowed_sandbox_modes: z
    .array(z.enum(['read-only', 'workspace-write', 'danger-full-access']))
    .min(1)
    .refine((modes) => modes.includes('read-only'), {
      message: 'must have "read-only" among its modes, because nothing can be done with less',
    })
    .optional(),
  features: pins.optional(),
  /** The former name of the same table. */
  feature_requirements: pins.optional(),
});
export type RequirementsFile = z.infer<typeof RequirementsFile>;
