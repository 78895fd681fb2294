import { Connection } from 'werift';

import { ManualClock } from '../../../core/base/testing/index.ts';
import { answerOffer, type CallPeer } from '../index.ts';
import { CallProbe, until } from './callProbe.ts';
import { type ForeignPage, openForeignPage } from './foreignPage.ts';

export type PageCall = AsyncDisposable & {
  readonly page: ForeignPage;
  readonly peer: CallPeer;
  readonly probe: CallProbe;
  readonly clock: ManualClock;
  readonly answerSdp: string;
};

/** A call that a foreign page made to us. */
export async function callFromPage(sameMachine = true): Promise<PageCall> {
  const clock = new ManualClock();
  const probe = new CallProbe();
  const page = openForeignPage();
  const options = { clock, handlers: probe.handlers, sameMachine };
  const { peer, answerSdp } = await answerOffer(await page.offer(), options);
  await page.accept(answerSdp);
  await until(() => probe.opened === 1 && page.channel.readyState === 'open', 'the channel opens');
  return {
    page,
    peer,
    probe,
    clock,
    answerSdp,
    [Symbol.asyncDispose]: async () => {
      await peer.close();
      await page.connection.close();
    },
  };
}

/** One exchange over the channel shows that it lives. */
export async function expectChannelAlive({ page, peer, probe }: PageCall): Promise<void> {
  const [events, messages] = [probe.events.length, page.messages.length];
  page.channel.send('from the page');
  peer.sendEvent('from here');
  await until(
    () => probe.events.length > events && page.messages.length > messages,
    'the channel carries something each way',
  );
}

/** The page's own ICE agent. */
export const agentOf = (page: ForeignPage): Connection => {
  const [transport] = page.connection.iceTransports;
  if (!(transport?.connection instanceof Connection)) throw new Error('There is no ICE agent.');
  return transport.connection;
};
