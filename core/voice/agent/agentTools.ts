import type { FunctionTool } from '../../../realtime/protocol/index.ts';
import { FollowUp } from '../../protocol/index.ts';

export const BACKGROUND_AGENT_TOOL = 'background_agent';
export const REMAIN_SILENT_TOOL = 'remain_silent';
/** The argument of `background_agent` that its description names; `requestOf` takes others as well. */
export const REQUEST_FIELD = 'prompt';

/** The argument of `background_agent` that says what becomes of a request that comes while it works. */
export const IF_BUSY_FIELD = 'if_busy';

const IF_BUSY = {
  type: 'string',
  enum: FollowUp.options,
  description:
    'For when the agent is busy: "queue" for something else, which is done afterwards and has a result of ' +
    'its own; "steer" for a change of what it is doing. Leave it out when you cannot tell.',
};

/**
 * The two tools every conversational session offers (realtime-v2 §4.1). With `asksIfBusy` the model may say
 * what becomes of a request that comes while the agent works.
 */
export function agentTools({ asksIfBusy }: { readonly asksIfBusy: boolean }): FunctionTool[] {
  return [
    {
      type: 'function',
      name: BACKGROUND_AGENT_TOOL,
      description:
        'Hands work to the background agent, which can think longer, use tools and look things up. ' +
        "Choose it whenever the user wants something done or found out; pass the user's own words on " +
        'unchanged. When the agent is idle this starts a task; when it is busy this guides the running ' +
        'task, or adds what should be done afterwards. You go on talking meanwhile.',
      parameters: {
        type: 'object',
        properties: {
          [REQUEST_FIELD]: {
            type: 'string',
            description: "What the agent should do, in the user's words.",
          },
          ...(asksIfBusy && { [IF_BUSY_FIELD]: IF_BUSY }),
        },
        required: [REQUEST_FIELD],
        additionalProperties: false,
      },
    },
    {
      type: 'function',
      name: REMAIN_SILENT_TOOL,
      description:
        'Says nothing this time. Choose it when speaking would disturb: after hidden control ' +
        'messages, after updates while the user wants quiet, or when the user asks you not to answer.',
      parameters: { type: 'object', properties: {}, additionalProperties: false },
    },
  ];
}
