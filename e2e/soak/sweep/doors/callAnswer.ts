import { ANSWER_SDP, OFFER_SDP } from '../../../../core/testing/index.ts';
import type { Door } from '../cells.ts';
import { hostileBodies } from './bodies.ts';
import { engineDoor, voiceCells } from './engineAtPeer.ts';
import { ANSWER_STREAM, listenAsPeer } from './hostilePeer.ts';

const answers = hostileBodies({
  status: 201,
  headers: { 'content-type': 'application/sdp', location: '/v1/realtime/calls/rtc_1' },
  body: ANSWER_SDP,
  wrongType: '{"sdp":7}',
});

const NO_SDP = /took the call and sent something that is not SDP$/u;

/** The answer to an offer of a call; one that comes whole is followed by a sideband that is refused. */
export const callAnswer: Door = engineDoor({
  name: 'answer to a call',
  maxMemoryMiB: 300,
  peer: () =>
    listenAsPeer({
      onPost: (behaviour, response, { url = '' }) => {
        if (url.includes('/realtime/')) void answers[behaviour](response);
        else response.setHeader('content-type', 'text/event-stream').end(ANSWER_STREAM.join(''));
      },
    }),
  cells: (engine) =>
    voiceCells(
      engine,
      { type: 'webrtc', sdp: OFFER_SDP },
      {
        deep: NO_SDP,
        huge: NO_SDP,
        torn: /broke|cut off/u,
        binary: NO_SDP,
        endless: NO_SDP,
        slow: /^The voice connection broke: the call could not be joined: .*403/u,
        'wrong type': NO_SDP,
      },
    ),
});
