import type { SessionId } from '../../protocol/ids.ts';
import { isHoldfastError } from '../../protocol/errors.ts';
import { CommandError, exitCodes, noMore, positional, type Command, type Invocation } from '../command.ts';
import { findSession } from '../sessionPrefix.ts';

/** What `end` and `rm` are told of a session at work. */
const options = { force: { type: 'boolean', describe: 'cancel the turn that runs first' } } as const;

/** A command that ends something of one session, which `--force` alone does while a turn runs. */
function forced(
  command: Pick<Command, 'name' | 'summary'>,
  method: 'session/end' | 'session/delete',
): Command {
  return {
    ...command,
    usage: 'SESSION [--force]',
    options,
    async run(invocation: Invocation) {
      noMore(invocation, 1);
      const force = invocation.values['force'] === true;
      const connection = await invocation.connect();
      const sessionId: SessionId = await findSession(connection, positional(invocation, 0, 'SESSION'));
      try {
        await connection.request(method, { sessionId, force });
      } catch (error) {
        if (isHoldfastError(error, 'sessionBusy'))
          throw new CommandError(error.message, { hint: '--force cancels the turn first.' });
        throw error;
      }
      return exitCodes.ok;
    },
  };
}

/** `holdfast end`: ends a session. */
export const end = forced(
  { name: 'end', summary: 'end a session; it can be taken up again later' },
  'session/end',
);

/** `holdfast rm`: deletes a session for good. */
export const rm = forced(
  { name: 'rm', summary: 'delete a session with all it has; this cannot be undone' },
  'session/delete',
);
