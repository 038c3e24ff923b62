/**
 * Reason: an agent that misses a program which it needs says so in the words of a shell or of a stack trace, on stderr or in an
 * error of its own, and some name no place where the program is to be had.
 */
const NEEDS: readonly (readonly [RegExp, string])[] = [
  [
    /requires git-bash|CLAUDE_CODE_GIT_BASH_PATH/iu,
    'It needs Git Bash, which was not found. Install Git for Windows (https://git-scm.com/downloads/win); if it is installed ' +
      'elsewhere, set CLAUDE_CODE_GIT_BASH_PATH to the path of bash.exe in the agent’s `env`.',
  ],
  [
    missing('uvx?'),
    'It needs uv, which was not found. Install it (https://docs.astral.sh/uv/) and start the agent again.',
  ],
  [
    missing('python[0-9.]*'),
    'It needs Python, which was not found. Install it (https://www.python.org/downloads/) and start the agent again.',
  ],
  [
    missing('(?:node|npx|npm)'),
    'It needs Node.js, which was not found. Install it (https://nodejs.org) and start the agent again.',
  ],
];

/** What helps an agent that misses a program, by what it said; `undefined` when it said nothing of the kind. Pure. */
export function missingProgram(said: string): string | undefined {
  return NEEDS.find(([pattern]) => pattern.test(said))?.[1];
}

/** How shells, `env`, Node and Windows say that there is no such program. */
function missing(program: string): RegExp {
  const name = `['"‘“\`]?(?:[\\w./\\\\:-]*[/\\\\])?${program}(?:\\.exe)?['"’”\`]?`;
  return new RegExp(
    `(?:^|[\\s:])(?:${name}: (?:command )?not found|${name}: No such file or directory|command not found: ${name}|spawn ${name} ENOENT|${name} is not recognized as)`,
    'imu',
  );
}
