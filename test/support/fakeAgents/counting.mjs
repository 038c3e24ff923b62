/** Answers a prompt with a number `N` by N updates of its usage, each one more than the last: N events that nothing joins. Cancelled, it stops. */
import { serve, update } from './wire.mjs';

let used = 0;
let isCancelled = false;
serve({
  initialize: () => ({ protocolVersion: 1 }),
  'session/new': () => ({ sessionId: 'counting' }),
  'session/cancel': () => void (isCancelled = true),
  async 'session/prompt'({ sessionId, prompt }) {
    const count = Number(prompt[0].text);
    isCancelled = false;
    for (let sent = 1; sent <= count && !isCancelled; sent++) {
      update(sessionId, { sessionUpdate: 'usage_update', used: ++used, size: 1_000_000 });
      // What is read is written, and a pipe that is full is waited for.
      if (process.stdout.writableNeedDrain)
        await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
    return { stopReason: isCancelled ? 'cancelled' : 'end_turn' };
  },
});
