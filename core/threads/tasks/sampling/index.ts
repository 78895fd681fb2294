export { modelRequestOf, tierProblem } from './modelRequest.ts';
export { ModelItems } from './modelItems.ts';
export { countUsage, recountContext, sample, type SamplingOptions, UNSHOWN } from './sampling.ts';
export { traceOf } from './trace.ts';
export { asTurnError } from './turnError.ts';
