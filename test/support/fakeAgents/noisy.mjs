/** Writes to stdout what is no message, between its messages and in one write with them. */
import { say, serve } from './wire.mjs';

const noise = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);

noise('Welcome to Noisy 1.0 {"not": json}');
noise('{"level":"info","msg":"a log line in JSON"}');
noise('[1,2,3]');
serve({
  initialize: () => (noise('initialising…'), { protocolVersion: 1 }),
  'session/new': () => (noise('"a string"'), { sessionId: 'noisy' }),
  'session/prompt'() {
    say('noisy', 'still ');
    noise('\u001b[32mprogress\u001b[0m 50%');
    say('noisy', 'here');
    return { stopReason: 'end_turn' };
  },
});
