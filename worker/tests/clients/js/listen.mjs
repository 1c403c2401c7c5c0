// A stock realtime client driven by a test: one JSON command per line on stdin, one JSON event per line on stdout.
//   {"do": "connect", "url", "apikey", "vsn"}            {"do": "token", "token"}
//   {"do": "join", "topic", "changes": [...], "presence": bool, "broadcast": {...}}
//   {"do": "send", "topic", "event", "payload"}          {"do": "leave", "topic"}          {"do": "end"}
import { createInterface } from 'node:readline';
import { RealtimeClient } from '@supabase/realtime-js';

const WebSocket = globalThis.WebSocket ?? (await import('ws')).WebSocket;
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const channels = new Map();
let client;
let token = null;

const commands = {
  connect({ url, apikey, vsn }) {
    client = new RealtimeClient(url, {
      params: { apikey },
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
  join({ topic, changes = [], presence = false, broadcast = {} }) {
    const channel = client.channel(topic, { config: { presence: { enabled: presence }, broadcast } });
    channels.set(topic, channel);
    channel.on('broadcast', { event: '*' }, (message) => say({ type: 'broadcast', topic, message }));
    channel.on('system', {}, (message) => say({ type: 'system', topic, message }));
    if (presence) channel.on('presence', { event: 'sync' }, () => say({ type: 'presence', topic, state: channel.presenceState() }));
    for (const change of changes) {
      channel.on('postgres_changes', change, (message) => say({ type: 'change', topic, binding: change.event, message }));
    }
    channel.subscribe((status, error) => say({ type: 'status', topic, status, error: error?.message ?? null }));
  },
  async send({ topic, event, payload }) {
    const outcome = await channels.get(topic).send({ type: 'broadcast', event, payload });
    say({ type: 'sent', topic, outcome });
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
