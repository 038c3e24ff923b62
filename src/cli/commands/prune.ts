import { exitCodes, noMore, text, usageError, type Command } from '../command.ts';
import { ago } from '../times.ts';

const UNITS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** `holdfast prune`: deletes sessions in which nothing happened for long. */
export const prune: Command = {
  name: 'prune',
  usage: '--older-than AGE [--archived] [--yes] [--json]',
  summary: 'delete sessions in which nothing happened for long; without --yes it only says which',
  details: 'AGE is a number with h, d or w: 30d. Pinned sessions, and those at work, stay.',
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
      terminal.line(`${sessionId}  ${ago(updatedAt, now)}  ${title}`);
    const megabytes = (pruned.bytes / 1_000_000).toFixed(1);
    const more = pruned.more ? ', and there are more' : '';
    terminal.note(
      dryRun
        ? `${pruned.sessions.length} sessions with ${megabytes} MB would be deleted${more}; --yes deletes them\n`
        : `${pruned.deleted} sessions with ${megabytes} MB were deleted${more}\n`,
    );
    return exitCodes.ok;
  },
};

function ageOf(given: string | undefined): number {
  if (given === undefined)
    throw usageError('--older-than is missing', 'for example: holdfast prune --older-than 30d');
  const [, count, unit] = /^(\d+)([hdw])$/u.exec(given) ?? [];
  if (count === undefined || unit === undefined)
    throw usageError(`--older-than takes a number with h, d or w, like 30d, not "${given}"`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
