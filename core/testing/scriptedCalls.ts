import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { Growing } from '../platform/testing/index.ts';

/** An offer as a browser could make it, as far as anybody between the two ends looks at it. */
export const OFFER_SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';
export const ANSWER_SDP = OFFER_SDP.replace('o=- 1 1', 'o=- 2 2');

/** A request that makes a call or hangs one up. */
export type CallPost = {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

type Plan =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'stall' };

/** The HTTP side of a scripted Realtime server: takes every call and hang-up unless told otherwise. */
export class ScriptedCalls {
  /** Offers posted, in order. */
  readonly offers: CallPost[] = [];
  readonly hangUps: CallPost[] = [];
  readonly #growing = new Growing();
  readonly #plans: Plan[] = [];

  /** The next offer gets this; plans are used up in order, then calls `rtc_1`, `rtc_2` … are made. */
  answerNext(status: number, headers: Readonly<Record<string, string>> = {}, body = ''): void {
    this.#plans.push({ kind: 'answer', status, headers, body });
  }

  /** The next offer gets no answer at all. */
  stallNext(): void {
    this.#plans.push({ kind: 'stall' });
  }

  /** The n-th offer (from 1), waiting for it if need be. */
  async offer(n = 1): Promise<CallPost> {
    await this.#growing.until(() => this.offers.length >= n);
    const offer = this.offers[n - 1];
    if (offer === undefined) throw new Error('No offer');
    return offer;
  }

  async hangUp(n = 1): Promise<CallPost> {
    await this.#growing.until(() => this.hangUps.length >= n);
    const hangUp = this.hangUps[n - 1];
    if (hangUp === undefined) throw new Error('No hang-up');
    return hangUp;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => '');
    const post = { url: request.url ?? '', headers: request.headers, body };
    if (post.url.split('?')[0]?.endsWith('/hangup') === true) {
      this.hangUps.push(post);
      this.#growing.grown();
      response.writeHead(200).end();
      return;
    }
    this.offers.push(post);
    this.#growing.grown();
    const plan = this.#plans.shift() ?? {
      kind: 'answer',
      status: 201,
      headers: {
        'content-type': 'application/sdp',
        location: `/v1/realtime/calls/rtc_${this.offers.length}`,
      },
      body: ANSWER_SDP,
    };
    if (plan.kind === 'stall') return;
    response.writeHead(plan.status, plan.headers).end(plan.body);
  }
}

/** The parts of a posted form by name: type and content of each, in the order of the form. */
export function partsOf(
  post: CallPost,
): readonly (readonly [name: string, type: string, content: string])[] {
  const boundary = /boundary=(.+)$/u.exec(post.headers['content-type'] ?? '')?.[1] ?? '';
  return post.body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = '', ...content] = part.split('\r\n\r\n');
      const name = /name="([^"]*)"/u.exec(head)?.[1] ?? '';
      const type = /Content-Type: (.+)/iu.exec(head)?.[1]?.trim() ?? '';
      return [name, type, content.join('\r\n\r\n').slice(0, -2)] as const;
    });
}
