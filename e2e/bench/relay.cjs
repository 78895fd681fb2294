// The floor of a voice connection: the least that Node can do between JSON-RPC lines and a Realtime
// socket. No checks, no conversation, no second session. Its argument is the socket's address.
const { createInterface } = require('node:readline');
const { WebSocket } = require('ws');

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
let socket;

function play({ type, delta, item_id: itemId }) {
  if (type !== 'response.output_audio.delta') return;
  const audio = { data: delta, sampleRate: 24000, numChannels: 1, samplesPerChannel: null, itemId };
  say({ method: 'thread/realtime/outputAudio/delta', params: { threadId: 'relay', audio } });
}

function connect() {
  socket = new WebSocket(process.argv[2], { perMessageDeflate: false });
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'session.update', session: { type: 'realtime' } }));
    say({ method: 'thread/realtime/started', params: { threadId: 'relay', version: 'v2' } });
  });
  socket.on('message', (data) => play(JSON.parse(data)));
  socket.on('close', () => say({ method: 'thread/realtime/closed', params: {} }));
}

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit());
lines.on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  say({ id, result: method === 'thread/start' ? { thread: { id: 'relay' } } : {} });
  if (method === 'thread/realtime/start') connect();
  if (method === 'thread/realtime/stop') socket.close();
  if (method !== 'thread/realtime/appendAudio') return;
  socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio: params.audio.data }));
});
