import { defaultModel, voiceModels } from './builtin.ts';
import { isNear, type ModelUse, type Retirement, retirementWords } from './retirement.ts';

/** What of the settings names a model. */
type NamedModels = {
  readonly model: string | undefined;
  readonly realtimeWsModel: string | undefined;
  readonly realtime: { readonly transcriptionModel: string | undefined };
};

/** One sentence for each model a new conversation would use whose end is near or past. */
export function endingModels(
  { model, realtimeWsModel, realtime }: NamedModels,
  catalogue: {
    readonly providerKind: string;
    retirement(model: string): Retirement | undefined;
  },
  nowMs: number,
): readonly string[] {
  const { providerKind } = catalogue;
  const voice = voiceModels(providerKind);
  const used: readonly (readonly [ModelUse, string])[] = [
    ['text', model ?? defaultModel(providerKind)],
    ['voice', realtimeWsModel ?? voice.realtime],
    ['transcription', realtime.transcriptionModel ?? voice.transcription],
  ];
  return used.flatMap(([use, name]) => {
    const retirement = catalogue.retirement(name);
    if (retirement === undefined || !isNear(retirement, nowMs)) return [];
    return [retirementWords(retirement, use, nowMs)];
  });
}
