import * as z from 'zod';

import { jsonTool } from './jsonTool.ts';

/** Lets the model show its steps; changes nothing outside the conversation (responses §12.2). */
export const updatePlanTool = jsonTool({
  name: 'update_plan',
  description:
    'Shows the user the steps of the current task and how far each has come. Send the whole list ' +
    'every time; at most one step is in progress.',
  concurrency: 'parallel',
  arguments: z.object({
    explanation: z.string().describe('Why the plan is as it is, in one sentence.').optional(),
    plan: z.array(
      z.object({ step: z.string(), status: z.enum(['pending', 'in_progress', 'completed']) }),
    ),
  }),
  async run({ explanation, plan }, context) {
    context.showPlan(
      explanation ?? null,
      plan.map(({ step, status }) => ({
        step,
        status: status === 'in_progress' ? 'inProgress' : status,
      })),
    );
    return 'The plan is shown.';
  },
});
