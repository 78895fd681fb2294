/** A model that its provider switches off, and what to use instead where somebody has said so. */
export type Retirement = {
  readonly model: string;
  /** `YYYY-MM-DD`; from the beginning of that day on (UTC) it is not counted on. */
  readonly shutdownDate: string;
  readonly successor: string | undefined;
};

/** What a model is used for; each has a setting of its own. */
export type ModelUse = 'text' | 'voice' | 'transcription';

/** What is known of a model that has to do with its end. */
type Listed = {
  readonly slug: string;
  /** null where the provider says that no end is announced, undefined when nobody said. */
  readonly shutdownDate: string | null | undefined;
  readonly successor: string | undefined;
};

type Announcement = {
  readonly shutdownDate: string;
  readonly successor: string;
  readonly models: readonly string[];
};

/**
 * What OpenAI has announced of models people use here, as of 27 November 2026. Its list of models has the dates, not
 * the successors, and is not asked for before somebody looks.
 */
const ANNOUNCED: readonly Announcement[] = [
  {
    shutdownDate: '2026-05-07',
    successor: 'gpt-realtime-1.5',
    models: ['gpt-4o-realtime-preview'],
  },
  { shutdownDate: '2026-12-11', successor: 'gpt-6.1-sol', models: ['gpt-5', 'gpt-5-2025-08-07'] },
  {
    shutdownDate: '2026-12-11',
    successor: 'gpt-6.1-terra',
    models: ['gpt-5-mini', 'gpt-5-mini-2025-08-07'],
  },
  {
    shutdownDate: '2027-01-14',
    successor: 'gpt-6-luna',
    models: ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini'],
  },
  { shutdownDate: '2027-01-20', successor: 'gpt-realtime-2.1', models: ['gpt-realtime'] },
  { shutdownDate: '2027-01-20', successor: 'gpt-realtime-2.1-mini', models: ['gpt-realtime-mini'] },
  {
    shutdownDate: '2027-02-26',
    successor: 'gpt-transcribe',
    models: ['gpt-4o-mini-transcribe', 'gpt-4o-transcribe', 'whisper-1'],
  },
];

/** People are told of an end that is so near. */
const NOTICE_DAYS = 60;
const DAY_MS = 86_400_000;

const SETTING: Readonly<Record<ModelUse, string>> = {
  text: 'model',
  voice: 'experimental_realtime_ws_model',
  transcription: 'realtime.transcription_model',
};

/**
 * The end of a model: what the provider's own list says wins, also where it says that there is none. A successor
 * that was announced by OpenAI is named elsewhere only where it can be had.
 */
export function retirementOf(
  model: string,
  entries: readonly Listed[],
  providerKind: string,
): Retirement | undefined {
  const entry = entries.find(({ slug }) => slug === model);
  const announced = ANNOUNCED.find(({ models }) => models.includes(model));
  const isOpenai = providerKind === 'openai';
  const shutdownDate =
    entry?.shutdownDate === undefined && isOpenai ? announced?.shutdownDate : entry?.shutdownDate;
  if (shutdownDate === undefined || shutdownDate === null) return undefined;
  const known = announced?.successor;
  const isToBeHad = isOpenai || entries.some(({ slug }) => slug === known);
  return { model, shutdownDate, successor: entry?.successor ?? (isToBeHad ? known : undefined) };
}

/** Whether people should hear of it by now. */
export function isNear(retirement: Retirement, nowMs: number): boolean {
  return daysLeft(retirement, nowMs) <= NOTICE_DAYS;
}

/** When a model ends, or that it has, and what to set instead, in one sentence. */
export function retirementWords(retirement: Retirement, use: ModelUse, nowMs: number): string {
  const { model, shutdownDate, successor } = retirement;
  const days = daysLeft(retirement, nowMs);
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(shutdownDate),
  );
  const end =
    days > 0
      ? `${model} ends on ${day}, in ${days} ${days === 1 ? 'day' : 'days'}`
      : `${model} ended on ${day}`;
  const remedy =
    successor === undefined
      ? `set ${SETTING[use]} to another model`
      : `set ${SETTING[use]} to ${JSON.stringify(successor)}`;
  return `${end}; ${remedy}.`;
}

/** Whole days until the day of the end begins; 0 and less when it has. */
function daysLeft({ shutdownDate }: Retirement, nowMs: number): number {
  return Math.ceil((Date.parse(shutdownDate) - nowMs) / DAY_MS);
}
