import type { PromptOptions } from '../client/session.ts';
import type { PermissionMode } from '../protocol/permission.ts';
import { text, texts, usageError, wholeNumber, type Command, type Values } from './command.ts';

/** Options of the commands that send a prompt. */
export const promptOptions = {
  deadline: { type: 'string', describe: 'seconds after which the turn is stopped; it then fails' },
  'wait-limit': { type: 'string', describe: 'seconds a question waits for an answer' },
  download: {
    type: 'string',
    multiple: true,
    describe: 'an http or https address to fetch into the working directory first; may be given again',
  },
  unzip: {
    type: 'string',
    multiple: true,
    describe: 'the same for a zip archive, which is unpacked into it; may be given again',
  },
  before: { type: 'string', multiple: true, describe: 'a command to run first; may be given again' },
  after: {
    type: 'string',
    multiple: true,
    describe: 'a command to run when the agent is done; may be given again',
  },
  until: { type: 'string', describe: 'a command that must succeed: the conversation goes on until it does' },
  'until-pr': { type: 'boolean', describe: 'the same with the checks of the branch’s pull request, by gh' },
  max: { type: 'string', describe: 'with --until: turns at most; default: 3' },
  unattended: {
    type: 'string',
    describe:
      'what becomes of questions while nobody else is there: wait, deny, allow-reads, allow-edits, allow-all',
  },
} as const satisfies Command['options'];

/** What the options say of a prompt. Throws a usage error. */
export function promptOptionsOf(values: Values): PromptOptions {
  const seconds = (name: string): number | undefined => {
    const given = wholeNumber(values, name);
    if (given === 0) throw usageError(`--${name} takes a number of seconds, not 0`);
    return given === undefined ? undefined : given * 1000;
  };
  const commands = (name: string) => {
    const given = texts(values, name).map((command) => ({ command }));
    return given.length === 0 ? undefined : given;
  };
  return {
    deadlineMs: seconds('deadline'),
    waitLimitMs: seconds('wait-limit'),
    downloads: downloadsOf(values),
    before: commands('before'),
    after: commands('after'),
    until: untilOf(values),
    unattended: wordOf(values, 'unattended', ['wait', 'deny', 'allowReads', 'allowEdits', 'allowAll']),
  };
}

function downloadsOf(values: Values): PromptOptions['downloads'] {
  const given = [
    ...texts(values, 'download').map((url) => ({ url })),
    ...texts(values, 'unzip').map((url) => ({ url, unzip: true, to: '.' })),
  ];
  const wrong = given.find(({ url }) => !/^https?:\/\/./u.test(url) || !URL.canParse(url));
  if (wrong !== undefined) throw usageError(`"${wrong.url}" is no http or https address`);
  return given.length === 0 ? undefined : given;
}

function untilOf(values: Values): PromptOptions['until'] {
  const command = text(values, 'until');
  const pullRequest = values['until-pr'] === true;
  const max = wholeNumber(values, 'max');
  if (command !== undefined && pullRequest) throw usageError('--until and --until-pr exclude each other');
  if (command === undefined && !pullRequest) {
    if (max !== undefined) throw usageError('--max goes with --until');
    return undefined;
  }
  return {
    ...(command === undefined ? { pullRequest: true } : { command }),
    ...(max !== undefined && { max }),
  };
}

/** The option of the commands that create a session. */
export const permissionModeOption = {
  'permission-mode': {
    type: 'string',
    describe: 'how permissions are answered: ask, allow-reads, allow-edits, allow-all, deny-all',
  },
} as const satisfies Command['options'];

/** What it says. Throws a usage error. */
export function permissionModeOf(values: Values): { readonly permissionMode?: PermissionMode } {
  const modes = ['ask', 'allowReads', 'allowEdits', 'allowAll', 'denyAll'] as const;
  const permissionMode = wordOf(values, 'permission-mode', modes);
  return permissionMode === undefined ? {} : { permissionMode };
}

function wordOf<T extends string>(values: Values, name: string, words: readonly T[]): T | undefined {
  const given = text(values, name);
  if (given === undefined) return undefined;
  const found = words.find((word) => word === given || dashed(word) === given);
  if (found === undefined)
    throw usageError(`--${name} takes one of ${words.map(dashed).join(', ')}, not "${given}"`);
  return found;
}

const dashed = (word: string): string => word.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
