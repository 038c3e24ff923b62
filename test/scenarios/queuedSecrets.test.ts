import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const TOKEN = 'tok-4f9c2e71-nobody-may-see';

test('a prompt that waits with a secret is never sent without it: under the next runtime it fails, names what was lost, and stands in the transcript; edited it is sent (C5, T2)', async (t) => {
  const { work, home, connect, kill } = testHome(t);
  const sent = path.join(home, '..', 'sent');
  const agents = { scripted: fakeAgent('scripted', { DEPLOY_TOKEN: TOKEN, FAKE_RECORD: sent }) };
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  await session.prompt('hang');
  const told = await session.prompt(`say it is ${TOKEN}`);
  const planned = await session.prompt('say planned', { before: [{ command: `echo ${TOKEN} > leaked` }] });
  const edited = await session.prompt(`say ${TOKEN} again`);
  const plain = await session.prompt('say plain');
  assert.deepEqual(
    session.head.queue.map(({ redacted }) => redacted),
    [{ content: ['DEPLOY_TOKEN'] }, { plan: ['DEPLOY_TOKEN'] }, { content: ['DEPLOY_TOKEN'] }, undefined],
  );
  await kill();
  const content = [{ type: 'text' as const, text: 'say edited' }];
  await session.queue({ kind: 'edit', turnId: edited.turnId, content });
  assert.equal(session.head.queue.find(({ turnId }) => turnId === edited.turnId)?.redacted, undefined);
  const last = await session.prompt('say last');
  await recorder.next('turn.ended', ({ turnId }) => turnId === last.turnId);
  const endOf = ({ turnId }: { turnId: string }) =>
    recorder.all('turn.ended').find((end) => end.turnId === turnId);
  assert.deepEqual(
    [told, planned, edited, plain, last].map((turn) => endOf(turn)?.outcome),
    ['failed', 'failed', 'completed', 'completed', 'completed'],
  );
  assert.match(
    endOf(told)?.failure?.message ?? '',
    /not sent: it held the value of DEPLOY_TOKEN, which was lost with the runtime; send it again/u,
  );
  assert.match(endOf(planned)?.failure?.message ?? '', /a command of it held the value of DEPLOY_TOKEN/u);
  assert.ok(!existsSync(path.join(work, 'leaked')));
  assert.doesNotMatch(readFileSync(sent, 'utf8'), /redacted/u);
  const shown = recorder.envelopes.filter(({ turnId }) => turnId === told.turnId);
  assert.deepEqual(
    shown.map(({ event }) => event.type),
    ['turn.queued', 'turn.started', 'message.started', 'turn.ended'],
  );
});
