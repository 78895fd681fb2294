export { describedModels } from './answer.ts';
export { defaultModel, voiceModels, type VoiceModels } from './builtin.ts';
export { ModelsCacheFile } from './cacheFile.ts';
export { ModelCatalogue, type CatalogueOptions } from './catalogue.ts';
export { chooseTier, type ModelFacts, type TierChoice } from './entry.ts';
export type { ModelsEndpoint } from './fetchModels.ts';
export { listModels } from './modelList.ts';
export { endingModels } from './modelsInUse.ts';
export { type ModelUse, type Retirement, retirementOf, retirementWords } from './retirement.ts';
