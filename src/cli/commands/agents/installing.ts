import type { Connection } from '../../../client/connect.ts';
import { isHoldfastError } from '../../../protocol/errors.ts';
import type { AgentJob } from '../../../protocol/methods/agentMethods.ts';
import type { Result } from '../../../protocol/methods.ts';
import { exitCodes, positional, text, type ExitCode, type Invocation } from '../../command.ts';
import { plain } from '../../render.ts';
import type { Terminal } from '../../terminal.ts';

/** `holdfast agents install AGENT` */
export async function install(invocation: Invocation): Promise<ExitCode> {
  const agent = positional(invocation, 1, 'AGENT');
  const version = text(invocation.values, 'version');
  const connection = await invocation.connect();
  return follow(invocation, connection, agent, () =>
    connection.request('agent/install', { agent, ...(version !== undefined && { version }) }),
  );
}

/** `holdfast agents update [AGENT]` */
export async function update(invocation: Invocation): Promise<ExitCode> {
  const connection = await invocation.connect();
  const [, named] = invocation.positionals;
  const { agents } = await connection.request('agent/list', { available: true, refresh: true });
  const wanted =
    named === undefined
      ? agents.filter(({ updateAvailable }) => updateAvailable).map(({ id }) => id)
      : [named];
  if (wanted.length === 0) invocation.terminal.note('everything is up to date\n');
  for (const agent of wanted) {
    const code = await follow(invocation, connection, agent, () =>
      connection.request('agent/update', { agent }),
    );
    if (code !== exitCodes.ok) return code;
  }
  return exitCodes.ok;
}

/** `holdfast agents rm AGENT` */
export async function remove(invocation: Invocation): Promise<ExitCode> {
  const agent = positional(invocation, 1, 'AGENT');
  const connection = await invocation.connect();
  const { removed } = await connection.request('agent/remove', { agent });
  invocation.terminal.note(removed ? `removed ${plain(agent)}\n` : `${plain(agent)} was not installed\n`);
  return removed ? exitCodes.ok : exitCodes.usage;
}

/** Shows an install on stderr until its end; Ctrl-C gives it up. */
async function follow(
  { terminal, values }: Invocation,
  connection: Connection,
  agent: string,
  begin: () => Promise<Result<'agent/install'>>,
): Promise<ExitCode> {
  const line = progressLine(terminal);
  const watching = connection.onAgentProgress(({ agent: of, job }) => {
    if (of === agent) line.show(`${plain(agent)} ${job.version}: ${job.step}`, bytesOf(job));
  });
  const cancel = (): void => void connection.request('agent/cancelInstall', { agent }).catch(() => undefined);
  process.on('SIGINT', cancel);
  try {
    const installed = await begin();
    line.end();
    if (values['json'] === true) terminal.json(installed);
    else terminal.note(`${plain(agent)} ${installed.version} is installed\n`);
    for (const warning of installed.warnings) terminal.note(terminal.noteColor.yellow(`${plain(warning)}\n`));
    return exitCodes.ok;
  } catch (error) {
    line.end();
    if (!isHoldfastError(error, 'aborted')) throw error;
    terminal.note('cancelled\n');
    return exitCodes.cancelled;
  } finally {
    process.off('SIGINT', cancel);
    watching.dispose();
  }
}

/** One line that changes, for a person; a line for each step otherwise. */
function progressLine(terminal: Terminal) {
  let shown = '';
  return {
    show(step: string, bytes: string): void {
      const words = terminal.isInteractive ? `${step}${bytes}` : step;
      if (words === shown) return;
      shown = words;
      terminal.note(terminal.isInteractive ? `\r\u001b[K${words}` : `${words}\n`);
    },
    end(): void {
      if (terminal.isInteractive && shown !== '') terminal.note('\r\u001b[K');
      shown = '';
    },
  };
}

function bytesOf({ doneBytes, totalBytes }: AgentJob): string {
  if (doneBytes === undefined) return '';
  const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  return totalBytes === undefined
    ? ` ${megabytes(doneBytes)}`
    : ` ${megabytes(doneBytes)} of ${megabytes(totalBytes)}`;
}
