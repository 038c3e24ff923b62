import type { Result } from '../../protocol/methods.ts';
import { exitCodes, noMore, text, usageError, type Command } from '../command.ts';
import { plain } from '../render.ts';
import { ago } from '../times.ts';

const UNITS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** `holdfast prune`: deletes sessions in which nothing happened for long. */
export const prune: Command = {
  name: 'prune',
  usage: '--older-than AGE [--archived] [--yes] [--json]',
  summary: 'delete sessions in which nothing happened for long; without --yes it only says which',
  details:
    'AGE is a number with h, d or w: 30d. Pinned sessions, and those that work, wait or have prompts queued, stay whatever their age.',
  options: {
    'older-than': { type: 'string', describe: 'how long nothing happened, for example 30d' },
    archived: { type: 'boolean', describe: 'only archived ones' },
    yes: { type: 'boolean', describe: 'delete them; this cannot be undone' },
    json: { type: 'boolean', describe: 'one JSON object' },
  },
  async run(invocation) {
    noMore(invocation, 0);
    const { values, terminal } = invocation;
    const olderThanMs = ageOf(text(values, 'older-than'));
    const dryRun = values['yes'] !== true;
    const connection = await invocation.connect();
    const archivedOnly = values['archived'] === true;
    const pruned = await connection.request('session/prune', { olderThanMs, archivedOnly, dryRun });
    if (values['json'] === true) {
      terminal.json({ dryRun, ...pruned });
      return exitCodes.ok;
    }
    const now = Date.now();
    for (const { sessionId, title, updatedAt } of pruned.sessions)
      terminal.line(`${sessionId}  ${ago(updatedAt, now)}  ${plain(title)}`);
    terminal.note(`${wordsFor(pruned, dryRun)}\n`);
    return exitCodes.ok;
  },
};

/** What would be, or was, deleted. */
function wordsFor({ sessions, deleted, bytes, more }: Result<'session/prune'>, dryRun: boolean): string {
  const count = dryRun ? sessions.length : deleted;
  if (count === 0) return 'Nothing to delete: no session that may go is that old.';
  const what = `${count === 1 ? '1 session' : `${count} sessions`} with ${(bytes / 1_000_000).toFixed(1)} MB`;
  const rest = more ? ' There are more: run it again.' : '';
  return dryRun
    ? `${what} would be deleted, with all they have. --yes deletes them; that cannot be undone.${rest}`
    : `${what} ${count === 1 ? 'was' : 'were'} deleted.${rest}`;
}

function ageOf(given: string | undefined): number {
  if (given === undefined)
    throw usageError('--older-than is missing', 'for example: holdfast prune --older-than 30d');
  const [, count, unit] = /^(\d+)([hdw])$/u.exec(given) ?? [];
  if (count === undefined || unit === undefined)
    throw usageError(`--older-than takes a number with h, d or w, like 30d, not "${given}"`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
