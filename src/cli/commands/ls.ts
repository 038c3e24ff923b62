import type { Summary } from '../../protocol/summary.ts';
import { exitCodes, noMore, type Command } from '../command.ts';
import { fromAllHosts } from '../hosts.ts';
import { allSessions, shortIds } from '../sessionPrefix.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { ago } from '../times.ts';

/** `holdfast ls`: the sessions there are. */
export const ls: Command = {
  name: 'ls',
  usage: '[--all] [--local] [--ids | --json]',
  summary: 'list sessions, the last changed first',
  options: {
    all: { type: 'boolean', describe: 'archived ones too' },
    local: { type: 'boolean', describe: 'only those of this machine, not those of remotes.json' },
    ids: { type: 'boolean', describe: 'only the ids; starts no runtime' },
    json: { type: 'boolean', describe: 'one JSON object a line' },
  },
  async run(invocation) {
    noMore(invocation, 0);
    const { values, terminal } = invocation;
    const filter = values['all'] === true ? {} : { archived: false };
    const found = await fromAllHosts(invocation, (connection) => allSessions(connection, filter), {
      localOnly: values['local'] === true,
      mayLaunch: values['ids'] !== true,
    });
    const rows = found.flatMap(({ host, value }) => value.map((summary) => ({ host, summary })));
    if (values['ids'] === true) for (const { summary } of rows) terminal.line(summary.sessionId);
    else if (values['json'] === true)
      for (const { host, summary } of rows) terminal.json({ ...row(summary), host });
    else if (rows.length === 0) terminal.note('no sessions\n');
    else show(rows, terminal);
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

/** A session, and where it is when not here. */
interface Listed {
  readonly host: string | undefined;
  readonly summary: Summary;
}

function show(sessions: readonly Listed[], terminal: Terminal): void {
  const short = shortIds(sessions.map(({ summary }) => summary.sessionId));
  const isSpread = sessions.some(({ host }) => host !== undefined);
  const now = Date.now();
  const [title, ...lines] = table<Listed>(
    [
      { title: 'ID', value: ({ summary: { sessionId } }) => short.get(sessionId) ?? sessionId },
      {
        title: 'PHASE',
        value: ({ summary: { phase, attention } }) => (attention === 'failed' ? `${phase} !` : phase),
      },
      ...(isSpread ? [{ title: 'HOST', value: ({ host }: Listed) => host ?? '' }] : []),
      { title: 'AGENT', value: ({ summary }) => summary.agent.id },
      { title: 'CHANGED', value: ({ summary }) => ago(summary.updatedAt, now) },
      { title: 'TITLE', value: ({ summary }) => summary.title, shrinks: true },
      { title: 'DIRECTORY', value: ({ summary }) => summary.cwd, shrinks: true },
    ],
    sessions,
    terminal.columns,
  );
  terminal.line(terminal.color.dim(title ?? ''));
  for (const [index, line] of lines.entries()) {
    const urgent = sessions[index]?.summary.attention === 'needsYou';
    terminal.line(urgent ? terminal.color.yellow(line) : line);
  }
}
