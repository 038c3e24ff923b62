/** Answers a prompt with the lines that it consists of, as they are (base64 in JSON), and then properly. */
import { serve } from './wire.mjs';

serve({
  initialize: () => ({ protocolVersion: 1 }),
  'session/new': () => ({ sessionId: 'garbled' }),
  'session/prompt'({ prompt }) {
    for (const line of JSON.parse(prompt[0].text)) {
      process.stdout.write(Buffer.concat([Buffer.from(line, 'base64'), Buffer.from('\n')]));
    }
    return { stopReason: 'end_turn' };
  },
});
