import { unreachable } from '../base/unreachable.ts';
import type { Summary } from '../protocol/summary.ts';
import type { Translate } from './words.ts';

/** A codicon, the theme colour it has, and what it means in a word. */
export interface Look {
  readonly icon: string;
  readonly colour?: string | undefined;
  readonly label: string;
}

/** How a session looks in trees and pickers, by what the person should notice first. Pure. */
export function lookOf({ phase, attention }: Pick<Summary, 'phase' | 'attention'>, t: Translate): Look {
  switch (phase) {
    case 'opening':
      return { icon: 'loading~spin', label: t('Starting') };
    case 'running':
      return { icon: 'loading~spin', colour: 'progressBar.background', label: t('Working') };
    case 'waiting':
      return { icon: 'bell-dot', colour: 'notificationsWarningIcon.foreground', label: t('Needs you') };
    case 'ended':
      return { icon: 'archive', colour: 'disabledForeground', label: t('Ended') };
    case 'idle':
    case 'detached':
      if (attention === 'failed') return { icon: 'error', colour: 'errorForeground', label: t('Failed') };
      if (attention === 'finished')
        return { icon: 'pass', colour: 'testing.iconPassed', label: t('Finished') };
      return phase === 'idle'
        ? { icon: 'circle-outline', label: t('Idle') }
        : { icon: 'debug-disconnect', colour: 'disabledForeground', label: t('Detached') };
    default:
      return unreachable(phase);
  }
}

/** The second line of a session: its agent, what it wants or does, and when it last changed. Pure. */
export function descriptionOf(summary: Summary, now: number, t: Translate): string {
  const [need] = summary.needs;
  const what =
    need !== undefined
      ? need.title
      : summary.phase === 'running'
        ? t('working')
        : relativeTime(summary.updatedAt, now, t);
  const queued = summary.queued === 0 ? undefined : t('{0} queued', summary.queued);
  return [summary.agent.name, what, queued].filter((part) => part !== undefined && part !== '').join(' · ');
}

/** Details of a session, as Markdown for a tooltip. Pure; text of others is escaped. */
export function tooltipOf(summary: Summary, now: number, t: Translate): string {
  const lines = [
    `**${escapeMarkdown(summary.title)}**`,
    `${lookOf(summary, t).label} · ${escapeMarkdown(summary.agent.name)} · ${relativeTime(summary.updatedAt, now, t)}`,
    escapeMarkdown(summary.cwd),
    ...summary.needs.map(({ title }) => `$(bell) ${escapeMarkdown(title)}`),
    ...(summary.problem === undefined ? [] : [`$(error) ${escapeMarkdown(summary.problem)}`]),
    summary.turnCount === 1 ? t('1 turn') : t('{0} turns', summary.turnCount),
  ];
  return lines.join('\n\n');
}

/** How long ago something was, in few words. Pure. */
export function relativeTime(then: number, now: number, t: Translate): string {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return t('now');
  if (minutes < 60) return t('{0} min ago', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('{0} h ago', hours);
  const days = Math.floor(hours / 24);
  return days === 1 ? t('yesterday') : t('{0} days ago', days);
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>|$~&]/g, '\\$&').replaceAll('\n', ' ');
}
