import type { Result } from '../../protocol/methods.ts';
import { exitCodes, noMore, positional, text, usageError, type Command } from '../command.ts';
import { plain } from '../render.ts';
import { findSession, shortIds } from '../sessionPrefix.ts';
import { table } from '../table.ts';

type ListedRule = Result<'rule/list'>['rules'][number];

/** `holdfast rules`: permission rules that were saved. */
export const rules: Command = {
  name: 'rules',
  usage: '[ls | revoke RULE] [--session SESSION] [--json]',
  summary: 'list the permission rules that were saved, and take one back',
  details: 'RULE is the beginning of a rule’s id. Rules of one session are shown with --session.',
  options: {
    session: { type: 'string', describe: 'with the rules of this session' },
    json: { type: 'boolean', describe: 'one JSON object a line' },
  },
  async run(invocation) {
    const { values, terminal, positionals } = invocation;
    const [verb = 'ls'] = positionals;
    if (verb !== 'ls' && verb !== 'revoke')
      throw usageError(`"${verb}" is no action on rules`, 'There are ls and revoke.');
    noMore(invocation, verb === 'ls' ? 1 : 2);
    const connection = await invocation.connect();
    const prefix = text(values, 'session');
    const session = prefix === undefined ? {} : { sessionId: await findSession(connection, prefix) };
    const { rules: listed, problem } = await connection.request('rule/list', session);
    if (problem !== undefined) terminal.note(`${terminal.noteColor.red(plain(problem))}\n`);
    if (verb === 'revoke') {
      const { ruleId, scope, text: words } = ruleOf(listed, positional(invocation, 1, 'RULE'));
      await connection.request('rule/revoke', { ruleId, ...(scope === 'session' ? session : {}) });
      terminal.note(`revoked: ${plain(words)}\n`);
    } else if (values['json'] === true) for (const rule of listed) terminal.json(rule);
    else if (listed.length === 0) terminal.note('no permission rules\n');
    else for (const line of lines(listed, terminal.columns)) terminal.line(line);
    return exitCodes.ok;
  },
};

function ruleOf(listed: readonly ListedRule[], prefix: string): ListedRule {
  const [found, ...more] = listed.filter(({ ruleId }) => ruleId.startsWith(prefix));
  if (found === undefined) throw usageError(`there is no permission rule "${prefix}"`);
  if (more.length > 0) throw usageError(`"${prefix}" names ${more.length + 1} rules; give more of the id`);
  return found;
}

function lines(listed: readonly ListedRule[], columns: number): readonly string[] {
  const short = shortIds(listed.map(({ ruleId }) => ruleId));
  return table<ListedRule>(
    [
      { title: 'RULE', value: ({ ruleId }) => short.get(ruleId) ?? ruleId },
      { title: 'SAVED BY', value: ({ createdBy = '' }) => plain(createdBy) },
      { title: 'WHAT IT DOES', value: (rule) => plain(rule.text), shrinks: true },
    ],
    listed,
    columns,
  );
}
