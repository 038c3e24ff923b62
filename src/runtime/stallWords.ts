import type { Head } from '../protocol/head.ts';
import type { Turns } from './turns.ts';

/** What a turn that gives no sign of life waits for, as far as that is known: the end of a sentence (T8). */
export function waitingFor({ activity, running }: Turns, { agent, link }: Head): string {
  const command = [...activity.commands].at(-1)?.command;
  if (command !== undefined) return `the command “${shortened(command)}” to end`;
  if (running?.stage !== 'agent') return 'a command to end';
  const call = [...activity.calls.values()].at(-1);
  if (call !== undefined) return `${agent.name} to end “${shortened(call.title ?? 'a tool call')}”`;
  return link === 'ready' ? `${agent.name} to answer` : `${agent.name} to start`;
}

function shortened(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
