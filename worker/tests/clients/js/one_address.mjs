// Stock supabase-js with one address: reads, writes and listens. Environment: url, key, token, couple.
// One JSON line for each thing that happened; ends once the change was heard.
import { createClient } from '@supabase/supabase-js';
import { WebSocket } from 'ws';

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const { url, key, token, couple } = process.env;
const supabase = createClient(url, key, {
  db: { schema: 'wedsync' },
  accessToken: async () => token,
  realtime: { transport: WebSocket },
});
setTimeout(() => { say({ late: true }); process.exit(1); }, 30_000);

const { data: rows, error, status } = await supabase.from('core_fields').select('couple_id,guest_count').eq('couple_id', couple);
say({ read: rows, status, error });
supabase
  .channel(`core_fields_${couple}`)
  .on('postgres_changes', { event: 'UPDATE', schema: 'wedsync', table: 'core_fields' }, async ({ new: row }) => {
    say({ heard: row.guest_count.adults });
    await supabase.removeAllChannels();
    process.exit(0);
  })
  .subscribe(async (state) => {
    if (state !== 'SUBSCRIBED') return;
    const refused = await supabase.rpc('update_core_fields', { couple_id: couple, patch: { 'wedding.date': 'soon' } });
    say({ refused: refused.status });
    const published = await supabase.channel(`wedding:${couple}`).httpSend('seat_moved', { guest: 1 });
    say({ published: published.success });
    const adults = (rows[0].guest_count?.adults ?? 0) + 1;
    const change = await supabase.rpc('update_core_fields', { couple_id: couple, patch: { 'wedding.guestCount.adults': adults } });
    say({ changed: change.status });
  });
