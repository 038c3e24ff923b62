import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Connection } from '../../src/client/index.ts';
import { holdfast } from '../support/cli.ts';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const agents = { scripted: fakeAgent('scripted') };

async function opened(
  connection: Connection,
  options: {
    cwd: string;
    additionalDirectories?: string[];
    permissionMode?: 'allowEdits';
    waitLimitMs?: number;
  },
) {
  const recorder = new Recorder();
  const { onEvent } = recorder;
  const session = await connection.openSession({ agent: 'scripted', onEvent, ...options });
  const run = async (text: string, more = {}): Promise<void> =>
    void (await (
      await session.prompt(text, more)
    ).ended);
  return { session, recorder, run };
}

/** The one interaction that is open. */
const asked = (recorder: Recorder, count: number) =>
  recorder
    .until(`question ${count}`, () => recorder.all('interaction.opened').length >= count)
    .then(() => recorder.all('interaction.opened').at(-1) ?? assert.fail('nothing is open'));

async function outside(t: TestContext) {
  const home = testHome(t);
  const elsewhere = path.join(home.work, '..', 'elsewhere');
  mkdirSync(elsewhere);
  return { ...home, elsewhere };
}

test('a rule is saved exactly as it was shown, answers the next request, is listed in the terminal, holds under the next runtime, and is asked about again when it was revoked (W5)', async (t) => {
  const { home, work, connect, kill } = testHome(t);
  const connection = await connect({ agents, clientName: 'Anna' });
  const { session, recorder, run } = await opened(connection, { cwd: work });
  const first = await session.prompt('may execute npm test');
  const { interactionId, rulePreviews = [] } = await asked(recorder, 1);
  const preview = rulePreviews.find(
    ({ rule: { scope, decision } }) => scope === 'workspace' && decision === 'allow',
  );
  assert.ok(preview);
  assert.equal(preview.text, `Allow running exactly “npm test”, for agent scripted, in ${work}`);
  const answer = { kind: 'option', optionId: preview.optionId } as const;
  const { rule } = await session.answer(interactionId, answer, { saveRule: preview.rule });
  await first.ended;
  await run('may execute npm test');
  assert.deepEqual(
    recorder.all('permission.decided').map(({ ruleId, reason }) => [ruleId, reason]),
    [[rule?.ruleId, `rule: ${preview.text}`]],
  );
  const listed = await holdfast(home, work, ['rules']);
  assert.match(listed.stdout, /Anna/u);
  assert.ok(listed.stdout.includes(preview.text), listed.stdout);

  await kill();
  const other = await opened(await connect({ agents }), { cwd: work });
  await other.run('may execute npm test');
  assert.equal(other.recorder.agentText, 'npm test: once. ');
  assert.equal(other.recorder.all('permission.decided')[0]?.ruleId, rule?.ruleId);

  const revoked = await holdfast(home, work, ['rules', 'revoke', rule?.ruleId ?? '']);
  assert.equal(revoked.code, 0, revoked.stderr);
  assert.match((await holdfast(home, work, ['rules'])).stderr, /no permission rules/u);
  await other.session.prompt('may execute npm test');
  const again = await asked(other.recorder, 1);
  await other.session.answer(again.interactionId, { kind: 'reject' });
});

test(
  'the mode that allows edits does so inside the session’s directories alone, links resolved (W5, S3)',
  { skip: process.platform === 'win32' && 'links need a privilege there' },
  async (t) => {
    const { work, elsewhere, connect } = await outside(t);
    const extra = path.join(work, '..', 'extra');
    mkdirSync(extra);
    symlinkSync(elsewhere, path.join(work, 'link'));
    const { session, recorder } = await opened(await connect({ agents }), {
      cwd: work,
      additionalDirectories: [extra],
      permissionMode: 'allowEdits',
    });
    const files = [
      path.join(work, 'new', 'a.txt'),
      path.join(extra, 'b.txt'),
      path.join(elsewhere, 'c.txt'),
      path.join(work, 'link', 'd.txt'),
      path.join(work, '..', 'elsewhere', 'e.txt'),
    ];
    const turn = await session.prompt(files.map((file) => `may edit ${file}`).join('\n'));
    for (const count of [1, 2, 3]) {
      const { interactionId } = await asked(recorder, count);
      await session.answer(interactionId, { kind: 'option', optionId: 'no' });
    }
    await turn.ended;
    assert.equal(
      recorder.agentText,
      files.map((file, at) => `${file}: ${at < 2 ? 'once' : 'no'}. `).join(''),
    );
    assert.deepEqual(
      recorder.all('permission.decided').map(({ mode }) => mode),
      ['allowEdits', 'allowEdits'],
    );
  },
);

test('a question that waits with a time limit warns and is then given up; one without waits on, and other sessions go on beside it (W3, W4)', async (t) => {
  const { work, connect } = testHome(t);
  const connection = await connect({ agents });
  const waiting = await opened(connection, { cwd: work, waitLimitMs: 2000 });
  const patient = await opened(connection, { cwd: work });
  const other = await opened(connection, { cwd: work });
  await patient.session.prompt('may delete b.txt');
  await asked(patient.recorder, 1);
  const turn = await waiting.session.prompt('may delete a.txt');
  const { expiresAt } = await asked(waiting.recorder, 1);
  assert.ok(expiresAt !== undefined);
  await other.run('say on it goes');
  assert.equal(other.recorder.agentText, 'on it goes');
  assert.equal((await turn.ended).outcome, 'completed');
  const { types, agentText } = waiting.recorder;
  assert.deepEqual(
    types.filter((type) => type.startsWith('interaction.')),
    ['interaction.opened', 'interaction.warned', 'interaction.settled'],
  );
  assert.deepEqual(waiting.recorder.all('interaction.settled')[0]?.settlement, {
    outcome: 'cancelled',
    reason: 'time limit',
  });
  assert.equal(agentText, 'a.txt: cancelled. ');
  assert.equal(patient.session.head.interactions.length, 1);
});

test('what a prompt says for when nobody is there holds while only its sender is attached, and no longer when somebody is (W5)', async (t) => {
  const { work, elsewhere, home, connect } = await outside(t);
  const connection = await connect({ agents });
  const { session, recorder, run } = await opened(connection, { cwd: work });
  const file = path.join(work, 'a.txt');
  const prompt = [`may edit ${file}`, `may edit ${elsewhere}/b.txt`, 'may execute make'].join('\n');
  await run(prompt, { unattended: 'allowEdits' });
  assert.equal(recorder.agentText, `${file}: once. ${elsewhere}/b.txt: no. make: no. `);
  assert.equal(recorder.all('interaction.opened').length, 0);

  // From the terminal, with somebody attached: that person is asked.
  const words = ['prompt', session.id, '--unattended', 'deny', '--wait', 'may execute make'];
  const sent = holdfast(home, work, words);
  const { interactionId } = await asked(recorder, 1);
  await session.answer(interactionId, { kind: 'option', optionId: 'once' });
  assert.equal((await sent).code, 4, 'it says that a person was needed');
  session.leave();
  const alone = await holdfast(home, work, words);
  assert.match(alone.stdout, /make: no\./u);
});
