/**
 * Shakes hands in the way that `FAKE_SPEAKS` says, and speaks version 1 then: `1` answers 1 to whatever is asked, `echo` the
 * number that it was asked for, `strict` refuses all but 1, `7` answers 7, `refuses` supports 3 and 4 and says so in an error.
 */
import { RpcError, say, serve } from './wire.mjs';

const { FAKE_SPEAKS } = process.env;
process.stderr.write(`I speak ${FAKE_SPEAKS}\n`);

serve({
  initialize({ protocolVersion: asked, clientCapabilities }) {
    const agentCapabilities = { _meta: { told: clientCapabilities } };
    const agentInfo = { name: `asked for ${asked}`, version: '1' };
    switch (FAKE_SPEAKS) {
      case 'echo':
        return { protocolVersion: asked, agentCapabilities, agentInfo };
      case 'strict':
        if (asked !== 1) throw new RpcError(-32602, 'Invalid params');
        return { protocolVersion: 1, agentCapabilities, agentInfo };
      case 'refuses':
        throw new RpcError(-32022, 'Unsupported protocol version', { requested: asked, supported: [3, 4] });
      default:
        return { protocolVersion: Number(FAKE_SPEAKS), agentCapabilities, agentInfo };
    }
  },
  'session/new': () => ({ sessionId: 's' }),
  'session/prompt'({ sessionId }) {
    say(sessionId, 'hello');
    return { stopReason: 'end_turn' };
  },
});
