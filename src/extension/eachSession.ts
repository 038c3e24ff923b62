import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import type { SessionList } from './sessionList.ts';

/** Sessions that are named among those that were refused. */
const MOST_NAMES = 3;

/** What became of several sessions: those that it was done with, and what to tell of the others. */
export interface Outcome {
  readonly done: readonly SessionId[];
  /** Absent where all went well. */
  readonly problem?: Error;
}

/**
 * Does something with each of several sessions, all at once: one that is refused, or waits long for its answer, keeps nothing
 * from the others. What was refused is told together. Never rejects.
 */
export async function eachSession(
  list: Pick<SessionList, 'get'>,
  sessionIds: readonly SessionId[],
  act: (sessionId: SessionId) => Promise<unknown>,
): Promise<Outcome> {
  const refused: { readonly sessionId: SessionId; readonly error: unknown }[] = [];
  const did = await Promise.all(
    sessionIds.map((sessionId) =>
      act(sessionId).then(
        () => sessionId,
        (error: unknown) => void refused.push({ sessionId, error }),
      ),
    ),
  );
  const done = did.filter((each) => typeof each === 'string');
  const [first, ...others] = refused;
  if (first === undefined) return { done };
  // One session that was meant alone needs no name.
  if (others.length === 0 && sessionIds.length === 1) {
    const { error } = first;
    return { done, problem: error instanceof Error ? error : new Error(saidError(error, vscode.l10n.t)) };
  }
  const { t } = vscode.l10n;
  const named = refused.slice(0, MOST_NAMES).map(({ sessionId, error }) => {
    const title = plainText(list.get(sessionId)?.title ?? sessionId);
    return t('“{0}”: {1}', title, plainText(saidError(error, t)));
  });
  const left = refused.length - named.length;
  const words = [...named, ...(left > 0 ? [t('and {0} more', left)] : [])].join('; ');
  return {
    done,
    problem: new Error(t('{0} of {1} sessions refused. {2}', refused.length, sessionIds.length, words)),
  };
}

/** The same for commands. Rejects with what was refused, once all others are done. */
export async function withEachSession(...given: Parameters<typeof eachSession>): Promise<void> {
  const { problem } = await eachSession(...given);
  if (problem !== undefined) throw problem;
}
