import type { ToolCallId } from '../../../src/protocol/ids.ts';
import { FakeSession } from './fakeSession.ts';

/** A conversation with an agent that has one of everything, still running and asking for a permission. */
export function agentShowcase(): FakeSession {
  const session = new FakeSession({ title: 'Fix the tide table rounding' });
  session.emit('session.configured', {
    ...{ mode: 'code', modes: [{ id: 'code', name: 'Code' }] },
    ...{ model: 'opus', models: [{ id: 'opus', name: 'Claude Opus 4.5' }] },
    options: [{ optionId: 'effort', name: 'Effort', value: true }],
  });
  session.prompt('The tide table shows 12.30 instead of 12:30. Find out why and fix it.');
  session.say('The user wants the formatting fixed. I should look at `src/tides.js` first.', 'thought');
  session.say('I’ll look at how the times are formatted.');
  session.tool({
    title: 'Read src/tides.js',
    kind: 'read',
    locations: [{ path: '/home/ada/tides/src/tides.js', line: 12 }],
  });
  session.tool({
    title: 'Edit src/tides.js',
    kind: 'edit',
    content: [
      {
        type: 'diff',
        path: '/home/ada/tides/src/tides.js',
        oldText:
          "import { pad } from './pad.js';\n\nexport function formatTime(date) {\n  const hours = pad(date.getHours());\n  const minutes = pad(date.getMinutes());\n  return `${hours}.${minutes}`;\n}\n",
        newText:
          "import { pad } from './pad.js';\n\n/** A time of day as `12:30`. */\nexport function formatTime(date) {\n  const hours = pad(date.getHours());\n  const minutes = pad(date.getMinutes());\n  return `${hours}:${minutes}`;\n}\n",
      },
    ],
  });
  session.say(
    [
      'The separator was a full stop. I changed it to a **colon**, in one place:',
      '',
      '```js',
      'return `${hours}:${minutes}`;',
      '```',
      '',
      'What else uses it:',
      '',
      '1. `src/main.js` prints the table',
      '2. `test/tides.test.js` checks it, see [the docs](https://example.com/tides)',
      '',
      '| place | before | after |',
      '| --- | --- | --- |',
      '| header | 12.30 | 12:30 |',
      '| rows | 07.05 | 07:05 |',
    ].join('\n'),
  );
  session.endTurn();
  session.prompt('Run the tests, please.');
  session.emit('plan.updated', {
    entries: [
      { content: 'Fix the separator', priority: 'high', status: 'completed' },
      { content: 'Run the tests', priority: 'medium', status: 'in_progress' },
      { content: 'Write a changelog entry', priority: 'low', status: 'pending' },
    ],
  });
  session.tool({ title: 'npm test', kind: 'execute' }, 'in_progress');
  session.ask({
    kind: 'permission',
    title: 'Run `npm test`?',
    description: 'The command runs in /home/ada/tides.',
    toolCallId: 'unknown' as ToolCallId,
    options: [
      { optionId: 'once', name: 'Allow once', kind: 'allow_once' },
      { optionId: 'always', name: 'Allow npm test always', kind: 'allow_always' },
      { optionId: 'no', name: 'Reject', kind: 'reject_once' },
    ],
  });
  session.emit('turn.queued', {
    turnId: 'queued-1' as never,
    kind: 'prompt',
    content: [{ type: 'text', text: 'Then write the changelog entry and commit everything' }],
  });
  return session;
}

/** Commands in a Shell session: one that was fine, one that failed, one that runs. */
export function shellShowcase(): FakeSession {
  const session = new FakeSession({
    agent: { id: 'shell', name: 'Shell', kind: 'shell' },
    cwd: '/home/ada/tides',
  });
  const run = (
    line: string,
    outcome: 'completed' | 'failed' | undefined,
    prints: (print: (text: string, stream?: 'stdout' | 'stderr') => void) => void,
  ): void => {
    session.prompt(line);
    const command = session.command(line);
    prints(command.print);
    if (outcome === undefined) return;
    command.end(outcome === 'completed' ? 0 : 1);
    session.endTurn(outcome, { exitCode: outcome === 'completed' ? 0 : 1 });
  };
  run('ls -la', 'completed', (print) =>
    print(
      'total 24\ndrwxr-xr-x  4 ada  staff   128 Nov 20 10:12 \u001b[1;34m.\u001b[0m\ndrwxr-xr-x 12 ada  staff   384 Nov 20 10:12 \u001b[1;34m..\u001b[0m\n-rw-r--r--  1 ada  staff   312 Nov 20 10:12 package.json\ndrwxr-xr-x  3 ada  staff    96 Nov 20 10:12 \u001b[1;34msrc\u001b[0m\n',
    ),
  );
  run('npm test', 'failed', (print) => {
    print('> tides@1.0.0 test\n> node --test\n\n');
    print(
      '\u001b[32m✔ a time is two digits, a colon, two digits (1.2ms)\u001b[39m\n\u001b[31m✖ the table begins at midnight (2.1ms)\u001b[39m\n',
    );
    print('AssertionError: expected 00:00, got 24:00\n', 'stderr');
    print('\u001b[34mℹ pass 1\u001b[39m\n\u001b[34mℹ fail 1\u001b[39m\n');
  });
  run('npm run watch', undefined, (print) =>
    print('building…\r\u001b[2Kbuilt in \u001b[33m132 ms\u001b[0m\nwatching for changes\n'),
  );
  return session;
}
