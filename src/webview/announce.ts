import { unreachable } from '../base/unreachable.ts';
import type { Envelope } from '../protocol/events.ts';
import { errorWords } from '../protocol/errorWords.ts';
import type { Head } from '../protocol/head.ts';
import { spokenDuration } from './duration.ts';
import { t } from './words.ts';

/** The whole sentence that a screen reader should speak for a live event, if any (U6). `before` is the head before it. */
export function announcementOf({ event, at }: Envelope, before: Head | undefined): string | undefined {
  switch (event.type) {
    case 'interaction.opened':
      return interactionSentence(event.interaction.kind, event.interaction.title);
    case 'turn.ended': {
      const turn = before?.turn;
      if (turn?.turnId !== event.turnId) return undefined;
      return turnSentence(
        event.outcome,
        spokenDuration(at - turn.startedAt),
        event.failure && errorWords(event.failure, t),
      );
    }
    case 'notice':
      return event.level === 'info' ? undefined : event.text;
    default:
      return undefined;
  }
}

function interactionSentence(kind: 'permission' | 'question' | 'form' | 'url', title: string): string {
  switch (kind) {
    case 'permission':
      return t('Permission needed: {0}.', title);
    case 'question':
    case 'form':
      return t('The agent asks: {0}.', title);
    case 'url':
      return t('The agent asks to open an address: {0}.', title);
    default:
      return unreachable(kind);
  }
}

function turnSentence(outcome: NonNullable<Head['lastTurn']>['outcome'], took: string, problem = ''): string {
  switch (outcome) {
    case 'completed':
      return t('The turn completed after {0}.', took);
    case 'cancelled':
      return t('The turn was cancelled after {0}.', took);
    case 'failed':
      return problem === '' ? t('The turn failed after {0}.', took) : t('The turn failed: {0}.', problem);
    case 'refused':
      return t('The agent refused the prompt.');
    case 'interrupted':
      return t('The turn was interrupted after {0}.', took);
    default:
      return unreachable(outcome);
  }
}
