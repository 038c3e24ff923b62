import type { Attention } from '../../protocol/attention.ts';
import { folderPrefix } from '../../protocol/folderPrefix.ts';
import type { Phase } from '../../protocol/head.ts';
import type { Value } from './database.ts';
import type { HeadFilter } from './journal.ts';

/** What the indexes of sessions that need a person, and of those at work, hold. */
const PRESSING: ReadonlySet<Attention> = new Set(['failed', 'needsYou']);
const ACTIVE: ReadonlySet<Phase> = new Set(['opening', 'running', 'waiting']);

/** What a filter asks of a row `s` of sessions, in SQL, and the values in it, in order. Pure. */
export function conditionsOf(filter: HeadFilter): { conditions: string[]; values: Value[] } {
  const { archived, pinned, failed, agent, cwd, within, phase, attention, text, updatedBefore } = filter;
  const conditions: string[] = [];
  const values: Value[] = [];
  const add = (condition: string, ...given: Value[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  if (archived !== undefined) add('s.archived = ?', archived ? 1 : 0);
  // Written out, so that the indexes of pinned sessions, and of those that failed, serve it.
  if (pinned !== undefined) add(pinned ? 's.pinned = 1' : 's.pinned = 0');
  if (failed !== undefined) add(failed ? 's.failed = 1' : 's.failed = 0');
  if (agent !== undefined) add('s.agent = ?', agent);
  if (cwd !== undefined) add('s.cwd = ?', cwd);
  if (within !== undefined) {
    const inside = within.map(() => "instr(replace(s.cwd, '\\', '/') || '/', ?) = 1").join(' OR ');
    add(`(${inside || '0'})`, ...within.map(folderPrefix));
  }
  if (attention !== undefined) {
    add('s.attention IN (SELECT value FROM json_each(?))', JSON.stringify(attention));
    // Written out too, so that their index serves it.
    if (attention.every((each) => PRESSING.has(each))) add("s.attention IN ('failed', 'needsYou')");
  }
  if (phase !== undefined) {
    add('s.phase IN (SELECT value FROM json_each(?))', JSON.stringify(phase));
    if (phase.every((each) => ACTIVE.has(each))) add("s.phase IN ('opening', 'running', 'waiting')");
  }
  if (updatedBefore !== undefined) add('s.updated_at < ?', updatedBefore);
  if (text !== undefined && text !== '') {
    const folded = text.toLowerCase();
    add('(instr(s.folded_title, ?) > 0 OR instr(s.folded_about, ?) > 0)', folded, folded);
  }
  return { conditions, values };
}
