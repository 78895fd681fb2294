import type { ModelRequest, ResponseItem } from '../../../model/index.ts';
import { chooseTier } from '../../../models/index.ts';
import type { ThreadSettings } from '../../ports.ts';
import type { TurnOptions } from '../task.ts';

/** One sampling as the settings, the model's own nature and the turn's options want it. */
export function modelRequestOf(
  settings: ThreadSettings,
  options: TurnOptions,
  input: readonly ResponseItem[],
  tools: ModelRequest['tools'],
): ModelRequest {
  const facts = settings.factsOf(settings.model);
  const reasoning = reasoningOf(settings, facts);
  const verbosity = facts.supportsVerbosity ? (settings.verbosity ?? facts.defaultVerbosity) : null;
  const text = {
    ...(verbosity !== null && { verbosity }),
    ...(options.outputSchema !== undefined && { outputSchema: options.outputSchema }),
  };
  const { tier } = chooseTier(
    options.serviceTier ?? settings.serviceTier,
    facts,
    settings.features,
  );
  return {
    model: settings.model,
    instructions: settings.instructions,
    input,
    tools,
    parallelToolCalls: facts.supportsParallelToolCalls,
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(Object.keys(text).length > 0 && { text }),
    ...(tier !== undefined && { serviceTier: tier }),
    ...(facts.preferWebsockets && { preferWebsockets: true }),
    ...(facts.takesInterrupt && { takesInterrupt: true }),
  };
}

function reasoningOf(
  settings: ThreadSettings,
  facts: ReturnType<ThreadSettings['factsOf']>,
): NonNullable<ModelRequest['reasoning']> {
  const effort = settings.reasoningEffort ?? facts.defaultEffort;
  const summary = settings.reasoningSummary ?? facts.defaultSummary;
  return {
    ...(effort !== null && { effort }),
    ...(summary !== null && summary !== 'none' && { summary }),
  };
}

/** What a person should know about a tier that cannot be had; undefined when it can. */
export function tierProblem(settings: ThreadSettings, options: TurnOptions): string | undefined {
  const wanted = options.serviceTier ?? settings.serviceTier;
  const facts = settings.factsOf(settings.model);
  // What is not known yet is nothing to complain about.
  if (facts.isPending) return undefined;
  if (!chooseTier(wanted, facts, settings.features).isRefused) return undefined;
  return (
    `The model ${settings.model} does not list the service tier ${String(wanted)}, ` +
    'so its usual speed is asked for.'
  );
}
