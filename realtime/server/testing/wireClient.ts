import { WebSocket } from 'ws';

import { encodePcm, msToSamples } from '../../audio/index.ts';
import { EventLog } from './eventLog.ts';

/** A client of the bare wire: keeps every event it got and waits for the ones a test names. */
export class WireClient extends EventLog {
  /** Set when the socket has closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    super();
    this.socket = socket;
    socket.on('message', (data) => {
      // oxlint-disable-next-line typescript/no-base-to-string -- ws hands out one Buffer per message
      this.add(data.toString());
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.end(`The socket closed (${code})`);
    });
    socket.on('error', () => undefined);
  }

  /** Opens a session and waits for its `session.created`. */
  static async connect(
    baseUrl: URL,
    query = 'model=practice',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<WireClient> {
    const url = `${baseUrl.href.replace(/^http/u, 'ws')}/realtime?${query}`;
    const client = new WireClient(new WebSocket(url, { rejectUnauthorized: false, headers }));
    await client.next('session.created');
    await client.next('conversation.created');
    return client;
  }

  send(event: Readonly<Record<string, unknown>>): void {
    this.socket.send(JSON.stringify(event));
  }

  sendRaw(frame: string | Uint8Array): void {
    this.socket.send(frame);
  }

  /** Appends sound in chunks of 20 ms, as a microphone would, but without the waiting. */
  append(samples: Int16Array): void {
    const chunk = msToSamples(20);
    for (let start = 0; start < samples.length; start += chunk) {
      const audio = encodePcm(samples.subarray(start, start + chunk));
      this.socket.send(`{"type":"input_audio_buffer.append","audio":"${audio}"}`);
    }
  }

  /** Types a message of the user and asks for an answer. */
  ask(text: string): void {
    const content = [{ type: 'input_text', text }];
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    this.send({ type: 'response.create' });
  }

  async whenClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    while (this.closed === undefined) await this.change();
    return this.closed;
  }

  close(): void {
    this.socket.close();
  }
}
