import { exitCodes, noMore, positional, type Command } from '../command.ts';
import { findSession } from '../sessionPrefix.ts';

/** `holdfast cancel`: cancels the running turn. */
export const cancel: Command = {
  name: 'cancel',
  usage: 'SESSION',
  summary: 'cancel the turn that runs in a session; harmless when there is none',
  options: {},
  async run(invocation) {
    noMore(invocation, 1);
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, positional(invocation, 0, 'SESSION'));
    const { cancelled, turnId } = await connection.request('session/cancel', { sessionId });
    invocation.terminal.note(
      cancelled ? `cancelled turn ${turnId ?? ''}\n` : 'nothing runs in this session\n',
    );
    return exitCodes.ok;
  },
};
