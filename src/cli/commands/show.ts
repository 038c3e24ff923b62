import type { Head } from '../../protocol/head.ts';
import { exportParts } from '../../client/exportSession.ts';
import { exitCodes, noMore, positional, text, usageError, type Command } from '../command.ts';
import { interactionLines, plain } from '../render.ts';
import { ruleLines } from '../savedRule.ts';
import { findSession } from '../sessionPrefix.ts';
import type { Terminal } from '../terminal.ts';

/** `holdfast show`: what is known of one session. */
export const show: Command = {
  name: 'show',
  usage: 'SESSION [--json | --format md|ndjson]',
  summary: 'show one session: where it stands, and what it waits for',
  options: {
    json: { type: 'boolean', describe: 'the session’s head as one JSON object' },
    format: { type: 'string', describe: 'md or ndjson: the whole transcript, as export writes it' },
  },
  async run(invocation) {
    noMore(invocation, 1);
    const { values, terminal } = invocation;
    const format = text(values, 'format');
    if (format !== undefined && format !== 'md' && format !== 'ndjson')
      throw usageError(`--format is md or ndjson, not "${format}"`);
    if (format !== undefined && values['json'] === true) throw usageError('either --json or --format');
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, positional(invocation, 0, 'SESSION'));
    if (format !== undefined) {
      for await (const part of exportParts(connection, sessionId, format)) await terminal.writeAll(part);
      return exitCodes.ok;
    }
    const { head } = await connection.get(sessionId);
    if (values['json'] === true) terminal.json(head);
    else describe(head, terminal);
    return exitCodes.ok;
  },
};

function describe(head: Head, terminal: Terminal): void {
  const facts: [string, string | undefined][] = [
    ['id', head.sessionId],
    ['title', head.title],
    ['agent', `${head.agent.name} (${head.agent.id})`],
    ['directory', head.cwd],
    ['phase', head.phase],
    ['model', head.model],
    ['mode', head.mode],
    ['created', new Date(head.createdAt).toLocaleString()],
    ['changed', new Date(head.updatedAt).toLocaleString()],
    ['turns', String(head.turnCount)],
    ['queued', head.queue.length === 0 ? undefined : String(head.queue.length)],
    [
      'last turn',
      head.lastTurn &&
        `${head.lastTurn.outcome}${head.lastTurn.failure ? `: ${head.lastTurn.failure.message}` : ''}`,
    ],
    ['detached', head.detached?.failure?.message ?? head.detached?.reason],
  ];
  for (const [name, value] of facts) {
    if (value !== undefined) terminal.line(`${terminal.color.dim(name.padEnd(10))} ${plain(value)}`);
  }
  for (const { interactionId, interaction, rulePreviews } of head.interactions) {
    terminal.line(terminal.color.yellow(`waits for an answer to "${plain(interaction.title)}"`));
    terminal.line(`  holdfast answer ${head.sessionId} ${interactionId} OPTION`);
    for (const line of interactionLines(interaction)) terminal.line(`    ${line}`);
    for (const line of ruleLines(rulePreviews)) terminal.line(`    ${line}`);
  }
}
