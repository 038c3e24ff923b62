import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { KnownEvent } from '../../src/protocol/events.ts';
import { newSessionId, newTurnId, type SessionId } from '../../src/protocol/ids.ts';
import { openJournal } from '../../src/runtime/journal/openJournal.ts';

export const started: KnownEvent = {
  type: 'session.started',
  agent: { id: 'shell', name: 'Shell', kind: 'shell' },
  cwd: '/work',
};

/** Fills the journal of a data directory that no runtime has yet. */
export async function fill(
  home: string,
  sessions: number,
  eventsOf: (index: number) => Iterable<KnownEvent>,
): Promise<SessionId[]> {
  mkdirSync(home, { recursive: true });
  const { journal } = openJournal({ file: path.join(home, 'journal.db') });
  const ids: SessionId[] = [];
  for (let index = 0; index < sessions; index++) {
    const sessionId = newSessionId();
    ids.push(sessionId);
    const log = journal.create(sessionId);
    let at = 1_700_000_000_000 + index;
    for (const event of eventsOf(index)) log.append({ event, at: at++ });
    if (index % 100 === 99) await journal.committed();
  }
  await journal.committed();
  journal.close();
  return ids;
}

/** A session like those in a list: one turn, a title, detached. */
export function* listed(index: number): Iterable<KnownEvent> {
  const turnId = newTurnId();
  yield started;
  yield { type: 'session.renamed', title: `Session ${index} about something or other`, source: 'derived' };
  yield { type: 'turn.started', turnId, kind: 'prompt', origin: 'person' };
  yield { type: 'turn.ended', turnId, outcome: 'completed' };
  yield { type: 'session.detached', reason: 'the runtime stopped' };
}
