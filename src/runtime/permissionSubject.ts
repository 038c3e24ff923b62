import { readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Interaction } from '../protocol/interaction.ts';
import type { ToolKind } from '../protocol/toolCall.ts';
import type { CallDetails } from './turnActivity.ts';

/** What a permission request is about, as far as the agent told: what rules and modes look at (W5). */
export interface PermissionSubject {
  readonly agent: string;
  readonly toolKind: ToolKind;
  readonly title: string;
  /** The session's working directory. */
  readonly cwd: string;
  /** What patterns are held against: the command line, or the files, or the title; empty when nothing of it was told. */
  readonly of: 'command' | 'paths' | 'title';
  readonly texts: readonly string[];
}

const TOUCHES_FILES: ReadonlySet<ToolKind> = new Set(['read', 'edit', 'delete', 'move', 'search']);

/** Reads the subject of a permission request from its tool call; a call that nothing is known of is of kind `other`. */
export function subjectOf(
  permission: Extract<Interaction, { kind: 'permission' }>,
  call: CallDetails | undefined,
  { agent, cwd }: { readonly agent: string; readonly cwd: string },
): PermissionSubject {
  const toolKind = call?.kind ?? 'other';
  const about = { agent, toolKind, title: permission.title, cwd };
  if (toolKind === 'execute') {
    const command = commandOf(call?.rawInput);
    return { ...about, of: 'command', texts: command === undefined ? [] : [command] };
  }
  if (!TOUCHES_FILES.has(toolKind)) return { ...about, of: 'title', texts: [permission.title] };
  const named = [...(call?.locations ?? []).map((location) => location.path), ...(call?.paths ?? [])];
  const files = new Set(named.map((file) => path.resolve(cwd, file)));
  return { ...about, of: 'paths', texts: [...files] };
}

/**
 * Agents name the command of a tool call in their own ways: as a line, as words, as a program with its arguments. Words become
 * one line in which no two commands look the same; none where a part of it cannot be read.
 */
function commandOf(rawInput: unknown): string | undefined {
  if (typeof rawInput !== 'object' || rawInput === null) return undefined;
  const { command, cmd, args } = rawInput as {
    readonly command?: unknown;
    readonly cmd?: unknown;
    readonly args?: unknown;
  };
  const line = lineOf(command ?? cmd);
  if (line === undefined || args === undefined || args === null) return line;
  const rest = Array.isArray(args) && args.length === 0 ? '' : lineOf(args);
  return rest === undefined ? undefined : `${line} ${rest}`.trim();
}

function lineOf(given: unknown): string | undefined {
  const text = Array.isArray(given) ? given.map(wordOf).join(' ') : given;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/** One word; in quotes when it could be read as several, or as something else than a word. */
function wordOf(given: unknown): string {
  const word = String(given);
  return /^[\w@%+=:,./\\~^-]+$/u.test(word) ? word : JSON.stringify(word);
}

/** Whether every file lies inside one of the directories, links resolved. False when there is none. */
export function isInside(files: readonly string[], directories: readonly string[]): boolean {
  const roots = directories.map((directory) => realPath(directory));
  return (
    files.length > 0 &&
    files.every((file) => {
      const real = realPath(file);
      return roots.some((root) => {
        const inside = path.relative(root, real);
        return inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
      });
    })
  );
}

/** Links that lead on to links, at most. */
const MOST_LINKS = 40;

/** The real path of a file that may not be there yet: of as much of it as there is, and of where a link leads that leads nowhere yet. */
export function realPath(file: string, links = 0): string {
  const whole = path.resolve(file);
  try {
    return realpathSync.native(whole);
  } catch {
    const folder = path.dirname(whole);
    if (folder === whole) return whole;
    const real = realPath(folder, links);
    const target = links < MOST_LINKS ? targetOf(whole) : undefined;
    return target === undefined
      ? path.join(real, path.basename(whole))
      : realPath(path.resolve(real, target), links + 1);
  }
}

function targetOf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
