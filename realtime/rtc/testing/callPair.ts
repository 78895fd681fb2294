import { ManualClock } from '../../../core/base/testing/index.ts';
import { answerOffer, type CallPeer, createCaller } from '../index.ts';
import { CallProbe, until } from './callProbe.ts';

export type CallPair = AsyncDisposable & {
  readonly clock: ManualClock;
  /** The end that made the offer, as a browser or `parley talk` does. */
  readonly caller: CallPeer;
  readonly callerProbe: CallProbe;
  /** The end that answered it, as the server does. */
  readonly answerer: CallPeer;
  readonly answererProbe: CallProbe;
  /** Lets so many frames pass from each end to the other; time stands still otherwise. */
  speak(frames: number): Promise<void>;
};

/** Two ends in this process with a call between them over real sockets, and the hands of their clock. */
export async function connectCallPair(
  options: { readonly sameMachine?: boolean } = {},
): Promise<CallPair> {
  const clock = new ManualClock();
  const callerProbe = new CallProbe();
  const answererProbe = new CallProbe();
  const calling = await createCaller({ clock, handlers: callerProbe.handlers });
  const answered = await answerOffer(calling.offerSdp, {
    clock,
    handlers: answererProbe.handlers,
    sameMachine: options.sameMachine ?? true,
  });
  await calling.accept(answered.answerSdp);
  await calling.connected;
  const [caller, answerer] = [calling.peer, answered.peer];
  await until(() => answererProbe.opened === 1, 'the channel opens at both ends');
  return {
    clock,
    caller,
    callerProbe,
    answerer,
    answererProbe,
    speak: async (frames) => {
      for (let frame = 0; frame < frames; frame += 1) {
        clock.advance(20);
        await until(
          () =>
            answerer.stats.received >= caller.stats.sent &&
            caller.stats.received >= answerer.stats.sent,
          'a frame comes through',
        );
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([caller.close(), answerer.close()]);
    },
  };
}
