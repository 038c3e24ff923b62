/** Does not answer `session/new` before a person has answered its own question. */
import { ask, say, serve } from './wire.mjs';

let action = '';

serve({
  initialize: () => ({ protocolVersion: 1 }),
  async 'session/new'() {
    const params = {
      sessionId: 'new',
      mode: 'url',
      elicitationId: 'e',
      url: 'https://example.com',
      message: 'Sign in',
    };
    ({ action } = await ask('elicitation/create', params));
    return { sessionId: 'new' };
  },
  'session/prompt'() {
    say('new', action);
    return { stopReason: 'end_turn' };
  },
});
