import type { Connection } from '../client/connect.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { Result } from '../protocol/methods.ts';
import type { Summary } from '../protocol/summary.ts';
import {
  CommandError,
  exitCodes,
  positional,
  usageError,
  type ExitCode,
  type Invocation,
} from './command.ts';
import { plain } from './render.ts';
import { shortIds } from './sessionPrefix.ts';
import { duration } from './times.ts';

type Process = Result<'runtime/status'>['processes'][number];

/** Agent processes in words (P7): a line each, and below it one for each session that it hosts. */
export function processLines(processes: readonly Process[], sessions: readonly Summary[]): string[] {
  const titles = new Map(sessions.map(({ sessionId, title }) => [sessionId, title]));
  const short = shortIds(sessions.map(({ sessionId }) => sessionId));
  return processes.flatMap(({ agent, pid, sessions: hosted, rssBytes, ageMs }) => {
    const size = rssBytes === null ? '' : `, ${megabytes(rssBytes)}`;
    const where = pid === null ? 'in the runtime' : `process ${pid}`;
    const count = `${hosted.length} session${hosted.length === 1 ? '' : 's'}`;
    return [
      `agent      ${plain(agent)}: ${where}, for ${duration(ageMs)}${size}, ${count}`,
      ...hosted.map((id) => `             ${short.get(id) ?? id}  ${plain(titles.get(id) ?? '')}`.trimEnd()),
    ];
  });
}

/** `holdfast runtime stop-process`: ends one agent process, named by its pid or by its id or the beginning of one. */
export async function stopProcess(
  invocation: Invocation,
  connection: Connection | undefined,
): Promise<ExitCode> {
  const { terminal, values, home } = invocation;
  const named = positional(invocation, 1, 'PROCESS');
  if (connection === undefined) throw new CommandError(`no runtime is running for ${home}`);
  const { processes } = await connection.request('runtime/status', {});
  const { processId, pid } = findProcess(processes, named);
  try {
    const force = values['force'] === true;
    const stopped = await connection.request('runtime/stopProcess', { processId, force });
    if (values['json'] === true) terminal.json({ ...stopped, pid });
    else terminal.note('stopped\n');
    return exitCodes.ok;
  } catch (error) {
    if (isHoldfastError(error, 'sessionBusy'))
      throw new CommandError(error.message, { hint: '--force ends the turns that run in it.' });
    throw error;
  }
}

function findProcess(processes: readonly Process[], named: string): Process {
  const exact = processes.filter(({ pid, processId }) => String(pid) === named || processId === named);
  const matching =
    exact.length > 0 ? exact : processes.filter(({ processId }) => processId.startsWith(named));
  const [only, ...others] = matching;
  const hint = 'holdfast runtime status shows the processes there are.';
  if (only === undefined) throw usageError(`no agent process has the pid or the id "${named}"`, hint);
  if (others.length > 0)
    throw usageError(`"${named}" names ${matching.length} agent processes`, 'Give its pid.');
  return only;
}

/** A size in memory, in words. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
