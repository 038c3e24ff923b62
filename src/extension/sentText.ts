import { fenced } from '../protocol/fenced.ts';

/** A stretch of a file. */
export interface SentCode {
  readonly language: string;
  readonly code: string;
  /** Where it stands, lines counting from 1; absent where whoever reads it does not have the file. */
  readonly place?: { readonly path: string; readonly from: number; readonly to: number };
}

/** A problem that a language service found, with the line it stands in. */
export interface SentProblem {
  readonly message: string;
  readonly source: string | undefined;
  readonly line: number;
  readonly code: string;
}

/** Problems that are named in one prompt. */
const MOST_PROBLEMS = 20;

/** Paths as a prompt has them. Pure. */
export function pathText(paths: readonly string[]): string {
  return `${paths.map(ticked).join(' ')} `;
}

/** Code with its place, as a prompt has it. Pure. */
export function codeText({ language, code, place }: SentCode): string {
  const text = `${fenced(code, language)}\n`;
  if (place === undefined) return text;
  const { path, from, to } = place;
  return `${ticked(`${path}:${from === to ? from : `${from}-${to}`}`)}\n${text}`;
}

/** What a terminal printed, as a prompt has it. Pure. */
export function printedText(text: string): string {
  return `${fenced(text.trimEnd(), 'console')}\n`;
}

/** The request to fix problems of one file. Pure; the words are the agent's to read, so they are English. */
export function problemsText(
  { path, language }: { readonly path: string; readonly language: string },
  problems: readonly SentProblem[],
): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map(({ message, source, line, code }) => {
    const origin = source === undefined ? '' : ` (${source})`;
    return `- ${ticked(`${path}:${line}`)}${origin}: ${message.replaceAll('\n', ' ')}\n${fenced(code.trim(), language)}`;
  });
  const what = problems.length === 1 ? 'this problem' : 'these problems';
  return `Fix ${what}:\n${shown.join('\n')}\n`;
}

/** A path between ticks, more of them than stand together in it. */
function ticked(path: string): string {
  const longest = Math.max(0, ...[...path.matchAll(/`+/gu)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  const gap = path.startsWith('`') || path.endsWith('`') ? ' ' : '';
  return `${ticks}${gap}${path}${gap}${ticks}`;
}
