import type { AgentEntry } from '../../../protocol/methods/agentMethods.ts';
import { exitCodes, type ExitCode, type Invocation } from '../../command.ts';
import { plain } from '../../render.ts';
import { table } from '../../table.ts';

/** `holdfast agents ls` */
export async function list(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const connection = await invocation.connect();
  const available = values['all'] === true;
  const refresh = values['refresh'] === true;
  const { agents, problems } = await connection.request('agent/list', { available, refresh });
  if (values['json'] === true) for (const agent of agents) terminal.json(agent);
  else {
    const [title, ...lines] = table(
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'FROM', value: ({ source }) => source },
        { title: 'VERSION', value: ({ installedVersion, version }) => installedVersion ?? version ?? '' },
        { title: 'STATE', value: stateOf },
        {
          title: 'COMMAND',
          value: ({ command, description }) => command ?? description ?? '',
          shrinks: true,
        },
      ],
      agents,
      terminal.columns,
    );
    terminal.line(terminal.color.dim(title ?? ''));
    for (const line of lines) terminal.line(line);
  }
  for (const { id, missing, lastError } of agents) {
    const problem = missing ?? lastError;
    if (problem !== undefined) terminal.note(terminal.noteColor.yellow(`${plain(id)}: ${plain(problem)}\n`));
  }
  for (const { agent, source, problem } of problems)
    terminal.note(terminal.noteColor.yellow(`${agent} (${source}): ${plain(problem)}\n`));
  return exitCodes.ok;
}

/** What stands in the way of an agent, or is to know of it. */
function stateOf({ usable, job, signIn, updateAvailable, version, lastError, missing }: AgentEntry): string {
  if (job !== undefined) return job.doing === 'install' ? 'installing' : 'updating';
  if (!usable) return version === undefined ? 'not for this system' : 'not installed';
  if (missing !== undefined) return 'program not found';
  if (signIn === 'required') return 'sign-in needed';
  if (updateAvailable) return `update: ${version}`;
  if (lastError !== undefined) return 'failed';
  return signIn === 'signedIn' ? 'signed in' : 'ready';
}
