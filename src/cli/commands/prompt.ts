import type { PromptOptions, Session } from '../../client/session.ts';
import type { Turn } from '../../client/turn.ts';
import {
  exitCodes,
  positional,
  usageError,
  type Command,
  type ExitCode,
  type Invocation,
  type Values,
} from '../command.ts';
import { promptOptions, promptOptionsOf } from '../turnOptions.ts';
import { cancellingOnInterrupt, exitCodeOf, Follower, tellConnection, waitForTurn } from '../follow.ts';
import { findSession } from '../sessionPrefix.ts';
import type { Terminal } from '../terminal.ts';
import { promptText } from './run.ts';

/** `holdfast prompt`: sends a prompt to a session. */
export const prompt: Command = {
  name: 'prompt',
  usage:
    'SESSION TEXT [--steer | --interrupt | --reject] [--until CMD [--max N]] [--deadline S] [--wait] [--json]',
  summary: 'send a prompt to a session, and with --wait show its turn',
  details: [
    'TEXT "-" is read from stdin. Without --wait the id of the turn is printed as soon as it is accepted.',
    'A prompt waits behind the turn that runs: --interrupt cancels that first, --reject refuses, and --steer is taken in by it',
    'where the agent can, else it waits. With --until the exit code is 0 when the check is green, and 1 when it is not.',
    'With --wait the exit code is that of "run", and Ctrl-C cancels the turn. An ended session is opened again.',
  ].join('\n'),
  options: {
    steer: { type: 'boolean', describe: 'have the running turn take it in' },
    interrupt: { type: 'boolean', describe: 'cancel the running turn first' },
    reject: { type: 'boolean', describe: 'refuse when a turn runs' },
    ...promptOptions,
    wait: { type: 'boolean', describe: 'show the turn until it ends; --until does so anyway' },
    json: { type: 'boolean', describe: 'with --wait: one envelope a line' },
  },
  async run(invocation) {
    const { values } = invocation;
    const options = { ...promptOptionsOf(values), mode: modeOf(values) };
    const prefix = positional(invocation, 0, 'SESSION');
    const content = await promptText(invocation, 1);
    const waits =
      options.until === undefined ? invocation : { ...invocation, values: { ...values, wait: true } };
    return sendTurn(waits, prefix, (session) => session.prompt(content, options));
  },
};

function modeOf(values: Values): PromptOptions['mode'] {
  const given = (['steer', 'interrupt', 'reject'] as const).filter((mode) => values[mode] === true);
  if (given.length > 1) throw usageError(`--${given.join(' and --')} exclude each other`);
  return given[0];
}

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
    const { turnId, queued, steered } = await send(session);
    tellUnsteered({ queued, steered }, terminal);
    terminal.line(turnId);
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
  tellUnsteered(turn, terminal);
  const end = await cancellingOnInterrupt(
    () => session.cancel(follower.turnsFrom(turn.turnId).at(-1)),
    () => waitForTurn(follower, sessionId, turn),
  );
  follower.renderer.finish();
  return exitCodeOf(end);
}

/** Says so where a prompt that was to steer waits instead. */
function tellUnsteered({ queued, steered }: Pick<Turn, 'queued' | 'steered'>, terminal: Terminal): void {
  if (queued && steered === false) terminal.note('what runs cannot be steered: the prompt waits its turn\n');
}
