import { isHoldfastError } from '../../protocol/errors.ts';
import { CommandError, exitCodes, noMore, positional, type Command } from '../command.ts';
import { findSession } from '../sessionPrefix.ts';

/** `holdfast rm`: deletes a session for good. */
export const rm: Command = {
  name: 'rm',
  usage: 'SESSION [--force]',
  summary: 'delete a session with all it has; this cannot be undone',
  options: { force: { type: 'boolean', describe: 'cancel the turn that runs first' } },
  async run(invocation) {
    noMore(invocation, 1);
    const force = invocation.values['force'] === true;
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, positional(invocation, 0, 'SESSION'));
    try {
      await connection.request('session/delete', { sessionId, force });
    } catch (error) {
      if (isHoldfastError(error, 'sessionBusy'))
        throw new CommandError(error.message, { hint: '--force cancels the turn first.' });
      throw error;
    }
    return exitCodes.ok;
  },
};
