import path from 'node:path';
import type { Result } from '../../../protocol/methods.ts';
import { exitCodes, positional, text, type ExitCode, type Invocation } from '../../command.ts';
import { table } from '../../table.ts';

/** Pages that are asked for at most: an agent whose list never ends is not waited for. */
const MOST_PAGES = 100;

/** `holdfast agents sessions AGENT`: the conversations that an agent knows itself. */
export async function sessions(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const agent = positional(invocation, 1, 'AGENT');
  const given = text(values, 'cwd');
  const cwd = given === undefined ? {} : { cwd: path.resolve(given) };
  const connection = await invocation.connect();
  const found: Result<'agent/sessions'>['sessions'] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const next = cursor === undefined ? {} : { cursor };
    const answer = await connection.request('agent/sessions', { agent, ...cwd, ...next });
    found.push(...answer.sessions);
    cursor = answer.cursor;
    if (cursor === undefined) break;
  }
  if (values['json'] === true) for (const session of found) terminal.json(session);
  else {
    const [title, ...lines] = table(
      [
        { title: 'ID', value: ({ agentSessionId }) => agentSessionId },
        { title: 'CHANGED', value: ({ updatedAt }) => updatedAt?.slice(0, 16).replace('T', ' ') ?? '' },
        { title: 'TITLE', value: (session) => session.title ?? '', shrinks: true },
        { title: 'DIRECTORY', value: (session) => session.cwd ?? '', shrinks: true },
      ],
      found,
      terminal.columns,
    );
    terminal.line(terminal.color.dim(title ?? ''));
    for (const line of lines) terminal.line(line);
  }
  if (cursor !== undefined) terminal.note('there are more\n');
  return exitCodes.ok;
}
