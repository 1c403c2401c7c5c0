// A stock realtime client driven by a test: one JSON command per line on stdin, one JSON event per line on stdout.
//   {"do": "connect", "url", "apikey", "vsn", "params"}  {"do": "token", "token"}  {"do": "key", "apikey"}
//   {"do": "join", "topic", "changes": [...], "presence": bool, "key", "broadcast": {...}, "private": bool}
//   {"do": "send" | "http_send", "topic", "event", "payload" | "bytes": [...]}
//   {"do": "raw", "topic", "message": {"type", ...}}
//   {"do": "track", "topic", "meta"}   {"do": "untrack", "topic"}   {"do": "leave", "topic"}   {"do": "end"}
// The package of the client is the first argument.
import { createInterface } from 'node:readline';
// Not Node's own: that of Node 20 never tells of the end of a connection that was refused, so that nobody tries again.
import { WebSocket } from 'ws';

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const { RealtimeClient } = await import(process.argv[2] ?? '@supabase/realtime-js');
const channels = new Map();
const opaque = ({ payload, ...rest }) => ({ ...rest, bytes: [...new Uint8Array(payload)] });
const channelOf = (topic, config) => {
  if (!channels.has(topic)) channels.set(topic, client.channel(topic, { config }));
  return channels.get(topic);
};
let client;
let socketParams;
let token = null;

const commands = {
  connect({ url, apikey, vsn, params = {} }) {
    socketParams = { apikey, ...params };
    client = new RealtimeClient(url, {
      params: socketParams,
      transport: WebSocket,
      accessToken: async () => token ?? apikey,
      ...(vsn ? { vsn } : {}),
    });
  },
  async token({ token: next }) {
    token = next;
    await client.setAuth();
    say({ type: 'token_set' });
  },
  key({ apikey }) {
    // The client reads it anew for each connection.
    socketParams.apikey = apikey;
  },
  join({ topic, changes = [], presence = false, key = '', broadcast = {}, private: isPrivate = false }) {
    channels.delete(topic);
    const channel = channelOf(topic, { presence: { enabled: presence, key }, broadcast, private: isPrivate });
    channel.on('broadcast', { event: '*' }, (message) =>
      say({ type: 'broadcast', topic, message: message.payload instanceof ArrayBuffer ? opaque(message) : message }));
    for (const event of ['pong', 'data_sync']) channel.on(event, {}, (message) => say({ type: event, topic, message }));
    channel.on('system', {}, (message) => say({ type: 'system', topic, message }));
    if (presence) {
      channel.on('presence', { event: 'sync' }, () => say({ type: 'presence', topic, state: channel.presenceState() }));
      for (const event of ['join', 'leave']) channel.on('presence', { event }, (message) => say({ type: event, topic, message }));
    }
    for (const change of changes) {
      channel.on('postgres_changes', change, (message) => say({ type: 'change', topic, binding: change.event, message }));
    }
    channel.subscribe((status, error) => say({ type: 'status', topic, status, error: error?.message ?? null }));
  },
  async send({ topic, event, payload, bytes, private: isPrivate = true }) {
    const channel = channelOf(topic, { private: isPrivate });
    const content = bytes ? new Uint8Array(bytes).buffer : payload;
    say({ type: 'sent', topic, outcome: await channel.send({ type: 'broadcast', event, payload: content }) });
  },
  async raw({ topic, message }) {
    say({ type: 'sent', topic, outcome: await channels.get(topic).send(message) });
  },
  async http_send({ topic, event, payload, private: isPrivate = true }) {
    const channel = channelOf(topic, { private: isPrivate });
    try {
      say({ type: 'sent', topic, outcome: await channel.httpSend(event, payload) });
    } catch (error) {
      say({ type: 'sent', topic, outcome: error.message });
    }
  },
  async track({ topic, meta }) {
    say({ type: 'tracked', topic, outcome: await channels.get(topic).track(meta) });
  },
  async untrack({ topic }) {
    say({ type: 'tracked', topic, outcome: await channels.get(topic).untrack() });
  },
  async leave({ topic }) {
    say({ type: 'left', topic, outcome: await channels.get(topic).unsubscribe() });
  },
  end() {
    process.exit(0);
  },
};

say({ type: 'started' });
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  await commands[command.do](command);
}
process.exit(0);
