import { contentText } from '../../protocol/contentText.ts';
import type { QueuedTurn } from '../../protocol/head.ts';
import { exitCodes, noMore, usageError, type Command, type Invocation } from '../command.ts';
import { plain } from '../render.ts';
import { findSession, shortIds } from '../sessionPrefix.ts';
import { table } from '../table.ts';
import { promptText } from './run.ts';

/** `holdfast queue`: what waits in a session, and what becomes of it. */
export const queue: Command = {
  name: 'queue',
  usage: 'SESSION [ls | edit TURN TEXT | move TURN [BEFORE] | rm TURN] [--json]',
  summary: 'list, edit, move and remove the prompts that wait in a session',
  details:
    'TURN is the beginning of a turn’s id. "move" without BEFORE puts it behind all; TEXT "-" is read from stdin.',
  options: { json: { type: 'boolean', describe: 'one JSON object a line' } },
  async run(invocation) {
    const [prefix, verb = 'ls'] = invocation.positionals;
    if (prefix === undefined) throw usageError('SESSION is missing');
    const { terminal, values } = invocation;
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, prefix);
    const { head } = await connection.get(sessionId);
    const action = await actionOf(invocation, verb, head.queue);
    const { queue: left } = await connection.request('session/queue', { sessionId, action });
    if (values['json'] === true) for (const turn of left) terminal.json(turn);
    else if (left.length === 0) terminal.note('nothing waits\n');
    else show(left, terminal);
    return exitCodes.ok;
  },
};

async function actionOf(invocation: Invocation, verb: string, waiting: readonly QueuedTurn[]) {
  const turn = (index: number) => turnOf(waiting, invocation.positionals[index]);
  switch (verb) {
    case 'ls':
      noMore(invocation, 2);
      return { kind: 'list' } as const;
    case 'edit': {
      const { turnId } = turn(2);
      const content = [{ type: 'text' as const, text: await promptText(invocation, 3) }];
      return { kind: 'edit', turnId, content } as const;
    }
    case 'move': {
      noMore(invocation, 4);
      const before = invocation.positionals[3] === undefined ? {} : { before: turn(3).turnId };
      return { kind: 'move', turnId: turn(2).turnId, ...before } as const;
    }
    case 'rm':
      noMore(invocation, 3);
      return { kind: 'remove', turnId: turn(2).turnId } as const;
    default:
      throw usageError(`"${verb}" is no action on a queue`, 'There are ls, edit, move and rm.');
  }
}

function turnOf(waiting: readonly QueuedTurn[], prefix: string | undefined): QueuedTurn {
  if (prefix === undefined) throw usageError('TURN is missing');
  const [found, ...more] = waiting.filter(({ turnId }) => turnId.startsWith(prefix));
  if (found === undefined) throw usageError(`no turn "${prefix}" waits in this session`);
  if (more.length > 0) throw usageError(`"${prefix}" names ${more.length + 1} turns; give more of the id`);
  return found;
}

function show(waiting: readonly QueuedTurn[], terminal: Invocation['terminal']): void {
  const short = shortIds(waiting.map(({ turnId }) => turnId));
  const [title, ...lines] = table<QueuedTurn>(
    [
      { title: 'TURN', value: ({ turnId }) => short.get(turnId) ?? turnId },
      { title: 'FROM', value: ({ by }) => by?.name ?? '' },
      { title: 'KIND', value: ({ kind }) => kind },
      { title: 'TEXT', value: ({ content }) => plain(contentText(content)), shrinks: true },
    ],
    waiting,
    terminal.columns,
  );
  terminal.line(terminal.color.dim(title ?? ''));
  for (const line of lines) terminal.line(line);
}
