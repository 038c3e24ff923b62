import type { Result } from '../protocol/methods.ts';
import type { ConnectionView } from '../protocol/page.ts';
import type { Translate } from './words.ts';

/** The beginning of the document about the runtime, as Markdown: where the connection stands. Pure. */
export function runtimeHead({ state, detail }: ConnectionView, home: string, t: Translate): string {
  const words = detail === undefined ? stateName(state, t) : `${stateName(state, t)} — ${detail}`;
  const facts = [t('connection: {0}', words), t('data directory: {0}', home)];
  return `# ${t('Holdfast runtime')}\n\n${list(facts)}`;
}

/** What the runtime says of itself and of its agent processes, as Markdown. Pure. */
export function runtimeFacts(status: Result<'runtime/status'>, t: Translate): string {
  const { pid, buildId, uptimeMs, rssBytes, protocol, socket, node, sqlite, clients, sessions } = status;
  const facts = [
    t('process: {0}, build {1}, up {2}, {3}', ...[pid, buildId, age(uptimeMs, t), megabytes(rssBytes, t)]),
    t('protocol: {0} to {1}', protocol.min, protocol.max),
    t('socket: {0}', socket),
    t('node: {0}, SQLite {1}', node, sqlite),
    t('clients: {0}', clients),
    t(
      'sessions: {0}, of which {1} running and {2} waiting',
      ...[sessions.total, sessions.running, sessions.waiting],
    ),
  ];
  const rows = status.processes.map(({ pid: process, agent, sessions: hosted, rssBytes: memory, ageMs }) =>
    row([process ?? '–', agent, hosted.length, megabytes(memory, t), age(ageMs, t)]),
  );
  const names = [t('process'), t('agent'), t('sessions'), t('memory'), t('age')];
  const table = [row(names), row(names.map(() => '---')), ...rows].join('\n');
  return `${list(facts)}\n## ${t('Agent processes')}\n\n${rows.length === 0 ? t('None.') : table}\n`;
}

function list(facts: readonly string[]): string {
  return facts.map((fact) => `- ${fact}\n`).join('');
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function megabytes(bytes: number | null, t: Translate): string {
  return bytes === null ? '–' : t('{0} MB', Math.round(bytes / 1024 / 1024));
}

function stateName(state: ConnectionView['state'], t: Translate): string {
  const names = {
    starting: t('starting'),
    connected: t('connected'),
    reconnecting: t('reconnecting'),
    incompatible: t('incompatible'),
    stopped: t('stopped'),
    restricted: t('restricted'),
  };
  return names[state];
}

function age(milliseconds: number, t: Translate): string {
  return milliseconds < 60_000
    ? t('{0} s', Math.round(milliseconds / 1000))
    : t('{0} min', Math.round(milliseconds / 60_000));
}
