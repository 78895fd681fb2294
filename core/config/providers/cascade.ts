import type { CascadeConfig, Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { providerOf, type ResolvedProvider } from './provider.ts';

type Named = 'provider' | 'model';

/** A part of a cascade that is reached over the network; undefined is what is built in. */
export type SpeechPart<Settings> =
  | (Omit<Settings, Named> & { readonly provider: ResolvedProvider; readonly model: string })
  | undefined;

/** What a voice is made of that no one model gives: ears and a mouth, with the text provider between. */
export type Cascade = {
  readonly speechToText: SpeechPart<CascadeConfig['speechToText']>;
  readonly textToSpeech: SpeechPart<CascadeConfig['textToSpeech']>;
};

const BUILT_IN: ReadonlySet<string> = new Set(['built-in', 'practice']);

/** The cascade that is configured, if one is. Throws ConfigError for a part that cannot be found. */
export function resolveCascade(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): Cascade | undefined {
  if (config.realtime.provider !== 'cascade') return undefined;
  const { speechToText, textToSpeech } = config.realtime.cascade;
  const part = <Settings extends CascadeConfig['speechToText'] | CascadeConfig['textToSpeech']>(
    settings: Settings,
    table: string,
  ): SpeechPart<Settings> => {
    const { provider: id = 'built-in', model } = settings;
    if (BUILT_IN.has(id)) return undefined;
    const provider = providerOf(id, `${table}.provider`, config, env);
    if (model === undefined) {
      const key = `${table}.model`;
      throw new ConfigError(`${key} is missing; set it to a model that ${id} has for this.`, {
        key,
      });
    }
    return { ...settings, provider, model };
  };
  return {
    speechToText: part(speechToText, 'realtime.cascade.speech_to_text'),
    textToSpeech: part(textToSpeech, 'realtime.cascade.text_to_speech'),
  };
}
