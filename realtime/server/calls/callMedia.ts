import type { AnsweredCall, AnswerOptions } from '../../rtc/index.ts';

/** What carries the sound and the events of calls: `realtime/rtc`, or a twin of it in tests. */
export type CallMedia = {
  answerOffer(offerSdp: string, options: AnswerOptions): Promise<AnsweredCall>;
  warmUp(): Promise<void>;
};
