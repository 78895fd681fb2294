import * as z from 'zod';

import type { Tool } from './contract.ts';

const Arguments = z.object({
  explanation: z.string().nullish(),
  plan: z.array(
    z.object({ step: z.string(), status: z.enum(['pending', 'in_progress', 'completed']) }),
  ),
});

/** Lets the model show its steps; changes nothing outside the conversation (responses §12.2). */
export const updatePlanTool: Tool = {
  spec: {
    type: 'function',
    name: 'update_plan',
    description:
      'Shows the user the steps of the current task and how far each has come. Send the whole list ' +
      'every time; at most one step is in progress.',
    strict: false,
    parameters: {
      type: 'object',
      properties: {
        explanation: { type: 'string', description: 'Why the plan is as it is, in one sentence.' },
        plan: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              step: { type: 'string' },
              status: { type: 'string', enum: ['pending', 'in_progress', 'completed'] },
            },
            required: ['step', 'status'],
            additionalProperties: false,
          },
        },
      },
      required: ['plan'],
      additionalProperties: false,
    },
  },
  async run(value, context) {
    const parsed = Arguments.safeParse(value);
    if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
    const { explanation, plan } = parsed.data;
    context.showPlan(
      explanation ?? null,
      plan.map(({ step, status }) => ({
        step,
        status: status === 'in_progress' ? 'inProgress' : status,
      })),
    );
    return 'The plan is shown.';
  },
};
