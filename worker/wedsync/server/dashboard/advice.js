// Sentences for the advice of SQL.

const percent = (value) => Math.round(100 * (value ?? 0));
const late = (advice) => Math.round(1000 * advice.loop_lag_seconds);
const leave = "stop it with SIGTERM, its clients reconnect elsewhere";

const sentences = {
  lease_expired: () => "its lease has expired; clients reconnect to other processes",
  not_reported: () => "it has not reported yet",
  no_notifications: ({ figures }) => `it does not receive notifications, ${figures.others_healthy} of ${figures.processes - 1} others do: ${leave}`,
  late: (advice) => `its event loop is ${late(advice)} ms late, ${advice.figures.others_healthy} of ${advice.figures.processes - 1} others keep up: ${leave}`,
  crowded: ({ sockets, share, even_share: even, figures }) =>
    `${sockets} of ${figures.sockets} sockets are ${percent(share)} %, an even share is ${percent(even)} %: use least connections, or restart it at a quiet hour`,
  even: ({ sockets, figures }) => `${sockets} of ${figures.sockets} sockets`,
  no_process: () => "no process reports: changes are not delivered",
  full: ({ sockets, most_sockets: room, figures: { processes, needed, most_used_percent: most } }) =>
    `${sockets} sockets, ${processes} processes with room for ${room}: at ${most} % of that each it takes ${needed}, ${needed - processes} more`,
  all_late: (advice) => `all ${advice.figures.processes} processes are late, by up to ${late(advice)} ms: it takes more of them, on other cores`,
  room: ({ sockets, most_sockets: room }) => `${sockets} of ${room} sockets that there is room for (${percent(room ? sockets / room : 0)} %)`,
};

/** Why a row of `balance_advice` says what it says. */
export const why = (advice) => sentences[advice.reason]?.(advice) ?? advice.reason;
