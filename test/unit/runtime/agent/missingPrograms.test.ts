import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goneFailure } from '../../../../src/runtime/agent/agentFailures.ts';
import { missingProgram } from '../../../../src/runtime/agent/quirks/missingPrograms.ts';

const gitBash =
  'Claude Code on Windows requires git-bash (https://git-scm.com/downloads/win). If installed but not in PATH, set environment ' +
  'variable pointing to your bash.exe, similar to: CLAUDE_CODE_GIT_BASH_PATH=C:\\Program Files\\Git\\bin\\bash.exe';

test('an agent that misses a program is told of with the program and where it is to be had (A9)', () => {
  const said: Record<string, RegExp> = {
    [gitBash]: /needs Git Bash.*Git for Windows.*CLAUDE_CODE_GIT_BASH_PATH/u,
    '/usr/bin/env: ‘python3’: No such file or directory': /needs Python/u,
    'env: node: No such file or directory': /needs Node\.js/u,
    'sh: 1: uvx: not found': /needs uv/u,
    'zsh: command not found: uv': /needs uv/u,
    'bash: line 1: python: command not found': /needs Python/u,
    'Error: spawn uvx ENOENT\n    at ChildProcess': /needs uv/u,
    "'npx' is not recognized as an internal or external command": /needs Node\.js/u,
  };
  for (const [text, help] of Object.entries(said)) assert.match(missingProgram(text) ?? '', help, text);
});

test('what only speaks of such programs misses none (A9)', () => {
  for (const text of [
    'node: bad option: --acp',
    'python3: can’t open file agent.py',
    'my-uv: not found',
    'config for node not found',
    'notes/python.md: No such file or directory',
  ])
    assert.equal(missingProgram(text), undefined, text);
});

test('a process that ended for want of a program says what helps, with its own words after that (A9, P4)', () => {
  const exit = { exitCode: 1, signal: null, stderrTail: gitBash, expected: false };
  const { message } = goneFailure('Claude', exit);
  assert.match(message, /^Claude exited with code 1\. It needs Git Bash/u);
  assert.match(message, /requires git-bash/u);
});
