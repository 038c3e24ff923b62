import { fenced } from '../protocol/fenced.ts';

/** A stretch of a file; lines count from 1. */
export interface SentCode {
  readonly path: string;
  readonly language: string;
  readonly from: number;
  readonly to: number;
  readonly code: string;
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
  return `${paths.map((path) => `\`${path}\``).join(' ')} `;
}

/** Code with its place, as a prompt has it. Pure. */
export function codeText({ path, language, from, to, code }: SentCode): string {
  const lines = from === to ? String(from) : `${from}-${to}`;
  return `\`${path}:${lines}\`\n${fenced(code, language)}\n`;
}

/** What a terminal printed, as a prompt has it. Pure. */
export function printedText(text: string): string {
  return `${fenced(text.trimEnd(), 'console')}\n`;
}

/** The request to fix problems of one file. Pure; the words are the agent's to read, so they are English. */
export function problemsText(
  { path, language }: Pick<SentCode, 'path' | 'language'>,
  problems: readonly SentProblem[],
): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map(({ message, source, line, code }) => {
    const origin = source === undefined ? '' : ` (${source})`;
    return `- \`${path}:${line}\`${origin}: ${message.replaceAll('\n', ' ')}\n${fenced(code.trim(), language)}`;
  });
  const what = problems.length === 1 ? 'this problem' : 'these problems';
  return `Fix ${what}:\n${shown.join('\n')}\n`;
}
