import type { Summary } from '../../protocol/summary.ts';
import { exitCodes, noMore, type Command } from '../command.ts';
import { allSessions, shortIds } from '../sessionPrefix.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { ago } from '../times.ts';

/** `holdfast ls`: the sessions there are. */
export const ls: Command = {
  name: 'ls',
  usage: '[--all] [--json]',
  summary: 'list sessions, the last changed first',
  options: {
    all: { type: 'boolean', describe: 'archived ones too' },
    json: { type: 'boolean', describe: 'one JSON object a line' },
  },
  async run(invocation) {
    noMore(invocation, 0);
    const { values, terminal } = invocation;
    const connection = await invocation.connect();
    const sessions = await allSessions(connection, values['all'] === true ? {} : { archived: false });
    if (values['json'] === true) for (const session of sessions) terminal.json(row(session));
    else if (sessions.length === 0) terminal.note('no sessions\n');
    else show(sessions, terminal);
    return exitCodes.ok;
  },
};

/** A row of `ls --json`; times are milliseconds since the epoch. */
export function row(summary: Summary): object {
  const { sessionId, title, agent, cwd, phase, attention, createdAt, updatedAt } = summary;
  const { turnCount, queued, pinned, archived, mode, model, needs, problem } = summary;
  return {
    ...{
      id: sessionId,
      title,
      agent: agent.id,
      agentName: agent.name,
      cwd,
      phase,
      attention,
      createdAt,
      updatedAt,
    },
    ...{ turnCount, queued, pinned, archived, mode, model, pid: summary.process?.pid, needs, problem },
  };
}

function show(sessions: readonly Summary[], terminal: Terminal): void {
  const short = shortIds(sessions.map(({ sessionId }) => sessionId));
  const now = Date.now();
  const [title, ...lines] = table<Summary>(
    [
      { title: 'ID', value: ({ sessionId }) => short.get(sessionId) ?? sessionId },
      { title: 'PHASE', value: ({ phase, attention }) => (attention === 'failed' ? `${phase} !` : phase) },
      { title: 'AGENT', value: ({ agent }) => agent.id },
      { title: 'CHANGED', value: ({ updatedAt }) => ago(updatedAt, now) },
      { title: 'TITLE', value: (summary) => summary.title, shrinks: true },
      { title: 'DIRECTORY', value: ({ cwd }) => cwd, shrinks: true },
    ],
    sessions,
    terminal.columns,
  );
  terminal.line(terminal.color.dim(title ?? ''));
  for (const [index, line] of lines.entries()) {
    const urgent = sessions[index]?.attention === 'needsYou';
    terminal.line(urgent ? terminal.color.yellow(line) : line);
  }
}
