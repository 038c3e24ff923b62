/** Speaks of a session before it has answered `session/new`: commands, a message, even a permission request. */
import { ask, say, serve, update } from './wire.mjs';

let answered = '';

serve({
  initialize: () => ({ protocolVersion: 1 }),
  'session/new'() {
    const sessionId = 'early';
    update(sessionId, {
      sessionUpdate: 'available_commands_update',
      availableCommands: [{ name: 'early', description: '' }],
    });
    say(sessionId, 'Hello before ');
    say(sessionId, 'the answer.');
    const options = [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }];
    void ask('session/request_permission', { sessionId, toolCall: { toolCallId: 't' }, options }).then(
      ({ outcome }) => (answered = outcome.outcome),
    );
    return { sessionId };
  },
  'session/prompt'({ sessionId }) {
    say(sessionId, `early permission: ${answered}`);
    return { stopReason: 'end_turn' };
  },
});
