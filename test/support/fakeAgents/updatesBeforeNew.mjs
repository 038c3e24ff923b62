/** Speaks of a session before it has answered `session/new`: commands, a message, even a permission request. */
import { ask, say, serve, update } from './wire.mjs';

const sessionId = 'early';
const options = [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }];
/** @type {Promise<import('./wire.mjs').Json>} */
let asked;

serve({
  initialize: () => ({ protocolVersion: 1 }),
  'session/new'() {
    const availableCommands = [{ name: 'early', description: '' }];
    update(sessionId, { sessionUpdate: 'available_commands_update', availableCommands });
    say(sessionId, 'Hello before ');
    say(sessionId, 'the answer.');
    asked = ask('session/request_permission', { sessionId, toolCall: { toolCallId: 't' }, options });
    return { sessionId };
  },
  async 'session/prompt'() {
    const { outcome } = await asked;
    say(sessionId, `early permission: ${outcome.outcome}`);
    return { stopReason: 'end_turn' };
  },
});
