import type { JournalId, SessionId } from '../../../src/protocol/ids.ts';
import type { Summary } from '../../../src/protocol/summary.ts';

/** A summary for tests: an idle session of the Shell, unless told otherwise. */
export function summary(title: string, more: Partial<Summary> = {}): Summary {
  return {
    sessionId: title as SessionId,
    journal: 'journal' as JournalId,
    seq: 1,
    title,
    agent: { id: 'shell', name: 'Shell' },
    cwd: '/home/ada/tides',
    phase: 'idle',
    attention: 'none',
    createdAt: 0,
    updatedAt: 0,
    turnCount: 0,
    queued: 0,
    pinned: false,
    archived: false,
    needs: [],
    ...more,
  };
}
