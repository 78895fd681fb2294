export { formatNumber } from './arithmetic.ts';
export { calculate } from './calculation.ts';
export { type Form, type Forms, matchForms } from './forms.ts';
export { phrase } from './phrase.ts';
export type { PracticeAgent } from './practiceAgent.ts';
export { createPracticeRealtimeModel, type PracticeModelPorts } from './practiceModel.ts';
export { createPracticeTranscriber, type PracticeTranscriberPorts } from './practiceTranscriber.ts';
export { sayableNow } from './sayable.ts';
export { assess, type Situation } from './situation.ts';
