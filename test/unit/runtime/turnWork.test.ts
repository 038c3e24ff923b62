import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { EventOf, EventType } from '../../../src/protocol/events.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { gone } from '../../support/testHome.ts';
import { runtimeInMemory, turns, type Client } from './runtimeInMemory.ts';

const sessionId = 's' as SessionId;
const content = [{ type: 'text' as const, text: 'go' }];
const posix = process.platform === 'win32' ? 'written for a POSIX shell' : false;

async function setUp(context: TestContext, create: object = {}, given: { clock?: ManualClock } = {}) {
  const cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'hw-')));
  context.after(() => rmSync(cwd, { recursive: true, force: true }));
  const memory = await runtimeInMemory(context, given);
  const client = await memory.connect({ name: 'Anna' });
  await client.request('session/create', { sessionId, cwd, ...create });
  const prompt = (options: object = {}) =>
    client.request('session/prompt', { sessionId, content, ...options });
  const said = (): string[] =>
    memory.asked.map(({ content: [block] }) => (block?.type === 'text' ? block.text : ''));
  return { ...memory, client, cwd, prompt, said };
}

function all<T extends EventType>({ events }: Client, type: T): EventOf<T>[] {
  return events.flatMap(({ event }) => (event.type === type ? [event as EventOf<T>] : []));
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test(
  'commands before a prompt run in a directory that is made for them, then the agent is asked, then those after (C2)',
  { skip: posix },
  async (context) => {
    const { client, cwd, prompt, asked } = await setUp(context);
    const before = [{ command: 'echo $WHO > ready', cwd: 'made/here', env: { WHO: 'me' } }];
    await prompt({ before, after: [{ command: 'echo done > after' }] });
    await until(() => asked.length === 1);
    assert.equal(readFileSync(path.join(cwd, 'made/here/ready'), 'utf8'), 'me\n');
    assert.equal(existsSync(path.join(cwd, 'after')), false);
    asked[0]?.end({ stopReason: 'end_turn' });
    await until(() => all(client, 'turn.ended').length === 1);
    assert.equal(existsSync(path.join(cwd, 'after')), true);
    assert.deepEqual(all(client, 'turn.ended')[0]?.outcome, 'completed');
  },
);

test(
  'a command before a prompt that fails ends the turn failed once, the rest is skipped and the agent not asked (C2)',
  { skip: posix },
  async (context) => {
    const { client, cwd, prompt, asked } = await setUp(context);
    await prompt({
      before: [{ command: 'exit 7' }, { command: 'touch never' }],
      after: [{ command: 'touch never' }],
    });
    await until(() => all(client, 'turn.ended').length === 1);
    const [end] = all(client, 'turn.ended');
    assert.deepEqual([end?.outcome, end?.exitCode, end?.failure?.kind], ['failed', 7, 'commandFailed']);
    assert.deepEqual([asked.length, existsSync(path.join(cwd, 'never'))], [0, false]);
    await prompt();
    await until(() => asked.length === 1);
  },
);

test(
  'the failure of a command beside a prompt names it; that of a turn which is a command says only how it ended (C1, C2)',
  { skip: posix },
  async (context) => {
    const { client, prompt } = await setUp(context);
    await prompt({ before: [{ command: 'exit 7' }] });
    await client.request('session/command', { sessionId, command: 'exit 8' });
    await until(() => all(client, 'turn.ended').length === 2);
    assert.deepEqual(
      all(client, 'turn.ended').map(({ failure }) => failure?.message),
      ['A command before the prompt failed, so it was not sent: `exit 7` exited with 7', 'exited with 8'],
    );
  },
);

test(
  'a command after a prompt that fails ends the turn failed with what the agent came to, and skips the rest (C2)',
  { skip: posix },
  async (context) => {
    const { client, cwd, prompt, asked } = await setUp(context);
    await prompt({ after: [{ command: 'exit 3' }, { command: 'touch never' }] });
    await until(() => asked.length === 1);
    asked[0]?.end({ stopReason: 'end_turn' });
    await until(() => all(client, 'turn.ended').length === 1);
    const [end] = all(client, 'turn.ended');
    assert.deepEqual([end?.outcome, end?.exitCode, end?.stopReason], ['failed', 3, 'end_turn']);
    assert.equal(existsSync(path.join(cwd, 'never')), false);
  },
);

test(
  'cancelling during a command of a prompt kills its whole tree, and the turn ends cancelled once (C2, T3)',
  { skip: posix },
  async (context) => {
    const { client, cwd, prompt, asked } = await setUp(context);
    await prompt({ before: [{ command: 'sleep 1000 & echo $! > pid; sleep 1000' }] });
    const file = path.join(cwd, 'pid');
    await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
    await client.request('session/cancel', { sessionId });
    await until(() => all(client, 'turn.ended').length === 1);
    await gone(Number(readFileSync(file, 'utf8')));
    await turns();
    assert.deepEqual(
      all(client, 'turn.ended').map(({ outcome }) => outcome),
      ['cancelled'],
    );
    assert.equal(asked.length, 0);
  },
);

test(
  'values of a waiting prompt’s commands never enter the journal, and are there when it runs (C5)',
  { skip: posix },
  async (context) => {
    const { client, cwd, prompt, asked } = await setUp(context);
    await prompt();
    await until(() => asked.length === 1);
    await prompt({ before: [{ command: 'printf %s "$WORD" > word', env: { WORD: 'unheard-of-value' } }] });
    asked[0]?.end();
    await until(() => asked.length === 2);
    assert.equal(readFileSync(path.join(cwd, 'word'), 'utf8'), 'unheard-of-value');
    assert.ok(!JSON.stringify(client.events).includes('unheard-of-value'));
    assert.deepEqual(all(client, 'turn.queued')[0]?.plan?.before?.[0]?.envNames, ['WORD']);
  },
);

test(
  'a prompt goes on with what its check found until the check is green, each attempt an event (G1)',
  { skip: posix },
  async (context) => {
    const { client, cwd, prompt, asked, said } = await setUp(context);
    await prompt({ until: { command: 'echo "wrong on line 4"; test -f fixed' } });
    await prompt();
    await until(() => asked.length === 1);
    writeFileSync(path.join(cwd, 'tried'), '');
    asked[0]?.end();
    await until(() => asked.length === 2);
    assert.match(said()[1] ?? '', /attempt 1 of 3[^]*wrong on line 4/u);
    writeFileSync(path.join(cwd, 'fixed'), '');
    asked[1]?.end();
    await until(() => asked.length === 3);
    assert.equal(said()[2], 'go', 'what waited comes after');
    await until(() => all(client, 'turn.started').length === 3);
    const ends = all(client, 'turn.ended');
    assert.deepEqual(
      ends.map(({ outcome, check }) => [outcome, check?.attempt, check?.outcome]),
      [
        ['completed', 1, 'red'],
        ['completed', 2, 'green'],
      ],
    );
    assert.equal(ends[0]?.check?.next, ends[1]?.turnId);
    assert.deepEqual(
      all(client, 'turn.started').map(({ origin }) => origin),
      ['person', 'check', 'queue'],
    );
    assert.deepEqual(
      all(client, 'check.ended').map(({ outcome }) => outcome),
      ['red', 'green'],
    );
  },
);

test(
  'a check stops at its cap, and when it fails as before although no file changed (G1)',
  { skip: posix },
  async (context) => {
    const { client, cwd, prompt, asked } = await setUp(context);
    const attempts = async (change: (attempt: number) => void): Promise<(string | undefined)[]> => {
      const [first, ended] = [asked.length, all(client, 'turn.ended').length];
      await prompt({ until: { command: 'echo "$(date +%N) is wrong"; false', max: 3 } });
      const over = (): boolean => {
        const end = all(client, 'turn.ended').slice(ended).at(-1);
        return end !== undefined && end.check?.next === undefined;
      };
      for (let attempt = first; !over(); attempt++) {
        await until(() => asked.length > attempt || over());
        change(attempt);
        asked[attempt]?.end();
      }
      const ends = all(client, 'turn.ended').slice(ended);
      return ends.map(({ check, outcome }) => `${outcome} ${check?.outcome}`);
    };
    let change = (attempt: number): void => writeFileSync(path.join(cwd, `made-${attempt}`), '');
    assert.deepEqual(await attempts((attempt) => change(attempt)), [
      'completed red',
      'completed red',
      'failed capped',
    ]);
    change = () => undefined;
    assert.deepEqual(
      await attempts(change),
      ['completed red', 'failed noProgress'],
      'numbers that differ are no progress',
    );
  },
);

test(
  'cancelling a check kills it, ends the turn cancelled, and the conversation does not go on (G1)',
  { skip: posix },
  async (context) => {
    const { client, cwd, prompt, asked } = await setUp(context);
    await prompt({ until: { command: 'echo $$ > pid; sleep 1000' } });
    await until(() => asked.length === 1);
    asked[0]?.end();
    const file = path.join(cwd, 'pid');
    await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
    await client.request('session/cancel', { sessionId });
    await until(() => all(client, 'turn.ended').length === 1);
    await turns();
    assert.deepEqual(
      all(client, 'turn.ended').map(({ outcome }) => outcome),
      ['cancelled'],
    );
    assert.deepEqual([all(client, 'check.ended')[0]?.outcome, asked.length], ['cancelled', 1]);
  },
);

test(
  'the checks of a pull request are read through gh; without a pull request the turn fails with its words (G1)',
  { skip: posix },
  async (context) => {
    const bin = realpathSync(mkdtempSync(path.join(tmpdir(), 'hg-')));
    context.after(() => rmSync(bin, { recursive: true, force: true }));
    const gh = (script: string): void => {
      writeFileSync(path.join(bin, 'gh'), `#!/bin/sh\n${script}\n`);
      chmodSync(path.join(bin, 'gh'), 0o755);
    };
    const { client, prompt, asked, said, cwd } = await setUp(context, {
      env: { PATH: `${bin}:${process.env['PATH']}` },
    });
    mkdirSync(path.join(cwd, 'src'));
    const check = (bucket: string) =>
      JSON.stringify([{ name: 'test', bucket, state: bucket, link: 'https://x/1', workflow: 'CI' }]);
    gh(`echo '${check('fail')}'; exit 1`);
    await prompt({ until: { pullRequest: true } });
    await until(() => asked.length === 1);
    asked[0]?.end();
    await until(() => asked.length === 2);
    assert.match(said()[1] ?? '', /pull request[^]*CI \/ test: fail https:\/\/x\/1/u);
    gh(`echo '${check('pass')}'`);
    asked[1]?.end();
    await until(() => all(client, 'check.ended').at(-1)?.outcome === 'green');
    gh('echo "no pull requests found for branch \\"main\\"" >&2; exit 1');
    await prompt({ until: { pullRequest: true } });
    await until(() => asked.length === 3);
    asked[2]?.end();
    await until(() => all(client, 'turn.ended').length === 3);
    assert.equal(all(client, 'check.ended').at(-1)?.outcome, 'broken');
    const end = all(client, 'turn.ended').at(-1);
    assert.equal(end?.outcome, 'failed');
    assert.match(end?.failure?.message ?? '', /no pull requests found/u);
  },
);

test('a silent turn is shown as stalled with what it waits for, until it gives a sign of life; one that asks a person is not (T8)', async (context) => {
  const clock = new ManualClock();
  const { client, prompt, asked, journal } = await setUp(context, {}, { clock });
  const stalled = () => journal.head(sessionId)?.head.stalled;
  await prompt();
  await turns();
  /** Two looks and a little more. */
  const silence = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) {
      clock.advance(30_000);
      await turns();
    }
  };
  await silence();
  assert.match(stalled()?.waitingFor ?? '', /Fake to answer/u);
  asked[0]?.emit({ type: 'usage.updated', usedTokens: 1 });
  await turns();
  assert.equal(stalled(), undefined);
  const question = { kind: 'url', title: 'Open it', url: 'https://example.com' } as const;
  void asked[0]?.ask(question);
  await silence();
  assert.equal(stalled(), undefined, 'a person is waited for, and that is shown otherwise');
  await client.request('session/cancel', { sessionId });
  await turns();
  assert.deepEqual(
    client.events.map(({ event }) => event.type).filter((type) => /stalled|progressed/.test(type)),
    ['turn.stalled', 'turn.progressed'],
  );
});

test(
  'a turn says what it was sent with, without values, and what it was sent is whole again when it is sent once more (U3, C5)',
  { skip: posix },
  async (context) => {
    const { client, prompt, asked } = await setUp(context);
    const image = {
      type: 'image' as const,
      data: Buffer.alloc(100_000, 7).toString('base64'),
      mimeType: 'image/png',
    };
    await prompt({
      content: [...content, image],
      before: [{ command: 'true', env: { WHO: 'me' } }],
      until: { command: 'true' },
    });
    await until(() => asked.length === 1);
    assert.deepEqual(all(client, 'turn.started')[0]?.plan, {
      before: [{ command: 'true', envNames: ['WHO'] }],
      until: { command: 'true', max: 3 },
    });
    asked[0]?.end({ stopReason: 'refusal' });
    await until(() => all(client, 'turn.ended').length === 1);
    const [shown] = all(client, 'message.started');
    assert.notDeepEqual(shown?.content[1], image, 'a reference stands there');
    await prompt({ content: shown?.content });
    await until(() => asked.length === 2);
    assert.deepEqual(asked[1]?.content, [...content, image]);
    assert.deepEqual(all(client, 'turn.started')[1]?.plan, undefined);
    asked[1]?.end({ stopReason: 'end_turn' });
    await until(() => all(client, 'turn.ended').length === 2);
  },
);
