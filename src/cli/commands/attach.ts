import { Deferred } from '../../base/deferred.ts';
import type { Session } from '../../client/session.ts';
import type { Beginning } from '../../client/opening.ts';
import type { Connection } from '../../client/connect.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { exitCodes, noMore, positional, wholeNumber, type Command } from '../command.ts';
import { Follower, tellConnection } from '../follow.ts';
import { findSession } from '../sessionPrefix.ts';

/** `holdfast attach`: shows a session from the beginning and follows it. */
export const attach: Command = {
  name: 'attach',
  usage: 'SESSION [--since N] [--no-follow] [--json]',
  summary: 'show a session from the beginning, and follow it',
  details: 'Ctrl-C leaves; the turn that runs goes on. Ends by itself when the session has ended.',
  options: {
    since: { type: 'string', describe: 'only events after this number' },
    'no-follow': { type: 'boolean', describe: 'stop at the last event there is' },
    json: { type: 'boolean', describe: 'one envelope a line' },
  },
  async run(invocation) {
    noMore(invocation, 1);
    const { values, terminal } = invocation;
    const since = wholeNumber(values, 'since') ?? 0;
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, positional(invocation, 0, 'SESSION'));
    const follower = new Follower({
      terminal,
      json: values['json'] === true,
      render: { asides: 'stdout', prompts: true },
    });
    const done = new Deferred<void>();
    const holder: { session?: Session | undefined } = {};
    const look = (): void => {
      const { session } = holder;
      if (session === undefined || session.cursor.seq < session.head.seq) return;
      if (values['no-follow'] === true || session.head.ended) done.resolve();
    };
    const following = values['no-follow'] !== true;
    const leave = (): void => done.resolve();
    process.once('SIGINT', leave);
    const opening = connection.openSession({
      ...(following ? follower.handlers : {}),
      onEvent(envelope) {
        follower.show(envelope);
        look();
      },
      onLost: (error) => done.reject(error),
      sessionId,
      attach: await beginning(connection, sessionId, since),
    });
    try {
      // Whoever leaves while it is still being opened need not wait for that.
      holder.session = await Promise.race([opening, done.promise.then(() => undefined)]);
      tellConnection(connection, terminal);
      look();
      await done.promise;
    } finally {
      process.off('SIGINT', leave);
      opening.catch(() => undefined);
    }
    follower.renderer.finish();
    return exitCodes.ok;
  },
};

/** Where to begin, for a number as a person gives it; one beyond the end means the end. */
async function beginning(connection: Connection, sessionId: SessionId, since: number): Promise<Beginning> {
  if (since === 0) return true;
  const { cursor } = await connection.get(sessionId);
  return { cursor: { journal: cursor.journal, seq: Math.min(since, cursor.seq) } };
}
