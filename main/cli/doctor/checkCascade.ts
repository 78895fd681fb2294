import { errorText } from '../../../core/base/index.ts';
import type { Config } from '../../../core/config/index.ts';
import { systemClock } from '../../../core/platform/index.ts';
import { Providers, type TriedCascade } from '../../../core/providers/index.ts';
import { VERSION } from '../../version.ts';
import { failed, type Finding, ok } from './findings.ts';

/** Tries both ends of a voice that is a cascade: one sentence is said, and written down. */
export async function checkCascade(
  config: Config,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  if (config.realtime.provider !== 'cascade') return [];
  const providers = new Providers({
    home,
    env,
    clock: systemClock,
    log: SILENT,
    version: VERSION,
  });
  try {
    const tried = await providers.tryCascade(config);
    if (tried === undefined) return [];
    const { textToSpeech, speechToText } = tried;
    return [findingOf('Text to speech', textToSpeech), findingOf('Speech to text', speechToText)];
  } catch (error) {
    return [failed('Voice', errorText(error))];
  } finally {
    await providers.close();
  }
}

/** An error begins with the name of the part, which stands before it here. */
function findingOf(name: string, { works, detail }: TriedCascade[keyof TriedCascade]): Finding {
  return (works ? ok : failed)(name, detail.replace(`${name}: `, ''));
}

const nothing = (): void => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
