import { unreachable } from '../base/unreachable.ts';
import { errorWords } from '../protocol/errorWords.ts';
import type { Summary } from '../protocol/summary.ts';
import { durationText } from './times.ts';
import type { Translate } from './words.ts';

/** A codicon, the theme colour it has, and what it means in a word. */
export interface Look {
  readonly icon: string;
  readonly colour?: string | undefined;
  readonly label: string;
}

/** How a session looks in trees and pickers, by what the person should notice first. Pure. */
export function lookOf(
  {
    phase,
    attention,
    archived = false,
    failed,
    stalled,
  }: Pick<Summary, 'phase' | 'attention'> & Partial<Pick<Summary, 'archived' | 'failed' | 'stalled'>>,
  t: Translate,
): Look {
  // Put away: how it ended is no news any more.
  if (archived && phase !== 'running' && phase !== 'waiting')
    return { icon: 'archive', colour: 'disabledForeground', label: t('Archived') };
  switch (phase) {
    case 'opening':
      return { icon: 'loading~spin', label: t('Starting') };
    case 'running':
      if (stalled !== undefined)
        return { icon: 'loading~spin', colour: 'notificationsWarningIcon.foreground', label: t('Silent') };
      return { icon: 'loading~spin', colour: 'progressBar.background', label: t('Working') };
    case 'waiting':
      return { icon: 'bell-dot', colour: 'notificationsWarningIcon.foreground', label: t('Needs you') };
    case 'ended':
      if (failed === true || attention === 'failed') return failedLook(t);
      return { icon: 'circle-slash', colour: 'disabledForeground', label: t('Ended') };
    case 'idle':
    case 'detached':
      if (failed === true || attention === 'failed') return failedLook(t);
      if (attention === 'finished')
        return { icon: 'pass', colour: 'testing.iconPassed', label: t('Finished') };
      return phase === 'idle'
        ? { icon: 'circle-outline', label: t('Idle') }
        : { icon: 'debug-disconnect', colour: 'disabledForeground', label: t('Detached') };
    default:
      return unreachable(phase);
  }
}

/** Also of a session that was looked at, or that ended: it is to be found until something is begun in it. */
function failedLook(t: Translate): Look {
  return { icon: 'error', colour: 'errorForeground', label: t('Failed') };
}

/** What stands beside a session's title: its agent, what it wants, for how long it works, or how it ended and when. Pure. */
export function descriptionOf(summary: Summary, now: number, t: Translate): string {
  const queued = summary.queued === 0 ? undefined : t('{0} queued', summary.queued);
  const parts = [summary.agent.name, mostWorthKnowing(summary, now, t), queued];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

function mostWorthKnowing(summary: Summary, now: number, t: Translate): string {
  const { needs, phase, stalled, turnStartedAt, updatedAt } = summary;
  const problem = problemOf(summary, t);
  const [need] = needs;
  if (need !== undefined) return need.title;
  if (phase === 'running') {
    if (stalled !== undefined) return t('silent for {0}', durationText(Math.max(0, now - stalled.since), t));
    const minutes = Math.floor((now - (turnStartedAt ?? now)) / 60_000);
    return minutes < 1 ? t('working') : t('working for {0}', durationText(minutes * 60_000, t));
  }
  const when = relativeTime(updatedAt, now, t);
  return problem === undefined ? when : `${oneLine(problem)} · ${when}`;
}

/** What went wrong last in a session, in the person's language. Pure. */
export function problemOf({ problem, problemKind }: Summary, t: Translate): string | undefined {
  return problem === undefined ? undefined : errorWords({ kind: problemKind ?? '', message: problem }, t);
}

function oneLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

/** What a tooltip needs beside the summary: the time now, and the session's agent process where it is known. */
export interface TooltipFacts {
  readonly now: number;
  readonly process?: { readonly pid: number | null; readonly rssBytes: number | null } | undefined;
}

/** Details of a session, as Markdown for a tooltip. Pure; text of others is escaped. */
export function tooltipOf(summary: Summary, { now, process }: TooltipFacts, t: Translate): string {
  const { queued, turnCount } = summary;
  const problem = problemOf(summary, t);
  const choices = [summary.modelName ?? summary.model, summary.modeName ?? summary.mode]
    .filter((choice) => choice !== undefined)
    .map(escapeMarkdown);
  const work = [
    turnCount === 1 ? t('1 turn') : t('{0} turns', turnCount),
    ...(queued === 0 ? [] : [t('{0} queued', queued)]),
  ];
  // What runs in the runtime itself has no process of its own.
  const weight = process === undefined ? '' : processText(process, t);
  const lines = [
    `**${escapeMarkdown(summary.title)}**`,
    `${lookOf(summary, t).label} · ${escapeMarkdown(summary.agent.name)} · ${relativeTime(summary.updatedAt, now, t)}`,
    `$(folder) ${escapeMarkdown(summary.cwd)}`,
    ...summary.needs.map(({ title }) => `$(bell) ${escapeMarkdown(title)}`),
    ...(summary.stalled === undefined
      ? []
      : [`$(watch) ${escapeMarkdown(t('It waits for {0}.', summary.stalled.waitingFor))}`]),
    ...(problem === undefined ? [] : [`$(error) ${escapeMarkdown(problem)}`]),
    ...(choices.length === 0 ? [] : [`$(settings) ${choices.join(' · ')}`]),
    ...(weight === '' ? [] : [`$(server-process) ${weight}`]),
    work.join(' · '),
  ];
  return lines.join('\n\n');
}

/** A process in a few words. Pure. */
export function processText(
  { pid, rssBytes }: { readonly pid: number | null; readonly rssBytes: number | null },
  t: Translate,
): string {
  const parts = [
    ...(pid === null ? [] : [t('process {0}', pid)]),
    ...(rssBytes === null ? [] : [t('{0} MB', Math.round(rssBytes / 1024 / 1024))]),
  ];
  return parts.join(' · ');
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

/** Text of others as Markdown that shows it as it is: no link, no icon, no markup. Pure. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>|$~&]/g, '\\$&').replaceAll('\n', ' ');
}
