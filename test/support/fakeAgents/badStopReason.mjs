/** Ends turns in ways that are not in the protocol: the prompt's text is the stop reason, `none` is none. */
import { serve } from './wire.mjs';

serve({
  initialize: () => ({ protocolVersion: 1 }),
  'session/new': () => ({ sessionId: 'odd' }),
  'session/prompt': ({ prompt }) => (prompt[0].text === 'none' ? {} : { stopReason: prompt[0].text }),
});
