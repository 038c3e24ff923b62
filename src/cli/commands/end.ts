import { isHoldfastError } from '../../protocol/errors.ts';
import { CommandError, exitCodes, noMore, positional, type Command } from '../command.ts';
import { findSession } from '../sessionPrefix.ts';

/** `holdfast end`: ends a session. */
export const end: Command = {
  name: 'end',
  usage: 'SESSION [--force]',
  summary: 'end a session; it can be taken up again later',
  options: { force: { type: 'boolean', describe: 'cancel the turn that runs first' } },
  async run(invocation) {
    noMore(invocation, 1);
    const force = invocation.values['force'] === true;
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, positional(invocation, 0, 'SESSION'));
    try {
      await connection.request('session/end', { sessionId, force });
    } catch (error) {
      if (isHoldfastError(error, 'sessionBusy'))
        throw new CommandError(error.message, { hint: '--force cancels the turn first.' });
      throw error;
    }
    return exitCodes.ok;
  },
};
