import { unreachable } from '../base/unreachable.ts';
import { canRead, type ConnectionView } from '../protocol/page.ts';
import { nextAttemptText, sentences } from './nextAttempt.ts';
import type { Counts } from './sessionOrder.ts';
import type { Translate } from './words.ts';

/** What the status-bar item shows. */
export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly tone?: 'warning' | 'error' | undefined;
}

/**
 * The status bar at a glance: what needs the person, what runs, or why there is no connection (U2, U8). `now` is in milliseconds
 * since the epoch. Pure.
 */
export function statusText(
  counts: Counts,
  connection: ConnectionView,
  now: number,
  t: Translate,
): StatusText {
  const next = nextAttemptText(connection, now, t);
  switch (connection.state) {
    case 'starting':
      return connection.nextAttemptAt === undefined
        ? { text: t('$(loading~spin) Holdfast'), tooltip: t('Holdfast is starting') }
        : {
            text: t('$(debug-disconnect) Holdfast cannot start'),
            tooltip: sentences(connection.detail ?? t('Holdfast cannot start'), next),
            tone: 'warning',
          };
    case 'reconnecting':
      return {
        text: t('$(sync~spin) Holdfast: reconnecting'),
        tooltip: sentences(
          t('The connection to the Holdfast runtime was lost; trying again.'),
          connection.detail,
          next,
        ),
        tone: 'warning',
      };
    case 'incompatible':
      return {
        text: t('$(warning) Holdfast: another version'),
        tooltip: connection.detail ?? t('The running Holdfast is of another version'),
        tone: 'warning',
      };
    case 'stopped':
      return {
        text: t('$(debug-disconnect) Holdfast is stopped'),
        tooltip: connection.detail ?? t('Holdfast is stopped'),
        tone: 'warning',
      };
    case 'restricted':
      return {
        text: t('$(workspace-untrusted) Holdfast: restricted'),
        tooltip: canRead(connection)
          ? t('In Restricted Mode sessions can be read, and nothing is sent to them')
          : t('Holdfast starts nothing in Restricted Mode'),
      };
    case 'connected':
      return connectedText(counts, connection.storageProblem, t);
    default:
      return unreachable(connection.state);
  }
}

function connectedText(
  { working, needsYou, failed }: Counts,
  storageProblem: string | undefined,
  t: Translate,
): StatusText {
  if (storageProblem !== undefined) {
    return {
      text: t('$(error) Holdfast cannot write'),
      tooltip: t('Holdfast cannot write to its journal: {0}', storageProblem),
      tone: 'error',
    };
  }
  const parts = [
    ...(needsYou === 1 ? [t('$(bell) 1 needs you')] : []),
    ...(needsYou > 1 ? [t('$(bell) {0} need you', needsYou)] : []),
    ...(failed > 0 ? [t('$(error) {0} failed', failed)] : []),
    ...(working > 0 ? [t('$(sync~spin) {0} running', working)] : []),
  ];
  if (parts.length === 0)
    return { text: t('$(comment-discussion) Holdfast'), tooltip: t('Holdfast sessions') };
  return {
    text: parts.join('  '),
    tooltip: t('Holdfast sessions'),
    tone: needsYou > 0 ? 'warning' : undefined,
  };
}
