import type { Session } from '../../client/session.ts';
import type { Turn } from '../../client/turn.ts';
import { exitCodes, positional, type Command, type ExitCode, type Invocation } from '../command.ts';
import { cancellingOnInterrupt, exitCodeOf, Follower, tellConnection, waitForTurn } from '../follow.ts';
import { findSession } from '../sessionPrefix.ts';
import { promptText } from './run.ts';

/** `holdfast prompt`: sends a prompt to a session. */
export const prompt: Command = {
  name: 'prompt',
  usage: 'SESSION TEXT [--wait] [--json]',
  summary: 'send a prompt to a session, and with --wait show its turn',
  details: [
    'TEXT "-" is read from stdin. Without --wait the id of the turn is printed as soon as it is accepted.',
    'With --wait the exit code is that of "run", and Ctrl-C cancels the turn. An ended session is opened again.',
  ].join('\n'),
  options: {
    wait: { type: 'boolean', describe: 'show the turn until it ends' },
    json: { type: 'boolean', describe: 'with --wait: one envelope a line' },
  },
  async run(invocation) {
    const prefix = positional(invocation, 0, 'SESSION');
    const content = await promptText(invocation, 1);
    return sendTurn(invocation, prefix, (session) => session.prompt(content));
  },
};

/** Opens a session where it stands, sends a turn, and waits for it if asked to. */
export async function sendTurn(
  invocation: Invocation,
  prefix: string,
  send: (session: Session) => Promise<Turn>,
): Promise<ExitCode> {
  const { values, terminal } = invocation;
  const connection = await invocation.connect();
  const sessionId = await findSession(connection, prefix);
  const { cursor } = await connection.get(sessionId);
  if (values['wait'] !== true) {
    const session = await connection.openSession({ sessionId, resume: { cursor } });
    terminal.line((await send(session)).turnId);
    return exitCodes.ok;
  }
  const follower = new Follower({
    terminal,
    json: values['json'] === true,
    render: { asides: 'stderr', prompts: false },
  });
  const session = await connection.openSession({ ...follower.handlers, sessionId, resume: { cursor } });
  tellConnection(connection, terminal);
  const turn = await send(session);
  const end = await cancellingOnInterrupt(
    () => session.cancel(turn.turnId),
    () => waitForTurn(follower, sessionId, turn),
  );
  follower.renderer.finish();
  return exitCodeOf(end);
}
