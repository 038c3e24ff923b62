import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { axeFindings } from './support/axe.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const total = { count: 1, bytes: 10 };

test('what a turn made of artifacts is one line at its end, and each file opens from there [U3, C4]', async () => {
  const session = new FakeSession().prompt('Write the report').say('Done.');
  for (const path of ['report.md', 'deep/chart.png', 'report.md'])
    session.emit('artifact.updated', { directory: 'out', path, bytes: 2048, total });
  session.emit('artifact.updated', { directory: 'out', path: 'old.txt', bytes: 0, removed: true, total });
  session.emit('artifact.updated', {
    directory: 'out',
    path: 'huge.bin',
    bytes: 9e9,
    problem: 'tooLarge',
    total,
  });
  session.endTurn();
  await using chat = await openChatPage({ session });
  const row = chat.page.getByRole('button', { name: /^4 artifacts/u });
  await row.getByText('report.md, chart.png, old.txt, huge.bin').waitFor();
  await row.press('Enter');
  await chat.page.getByText('removed').waitFor();
  await chat.page.getByText('too large to be kept').waitFor();
  assert.deepEqual(await axeFindings(chat.page), []);
  await chat.screenshot('artifacts-dark-320');
  await chat.page.getByRole('button', { name: 'out/deep/chart.png' }).click();
  assert.deepEqual(await chat.heard(({ type }) => type === 'openLocation'), {
    ...{ type: 'openLocation', path: 'out/deep/chart.png' },
  });
});

test('a refused action says who asked for what, and why not [U3, P8]', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  session.emit(
    'action.taken',
    {
      action: 'session/end',
      outcome: 'refused',
      error: { kind: 'sessionBusy', message: 'a turn runs; cancel it first' },
    },
    { client: 'c2', name: 'Anna' },
  );
  await chat.page.getByText('Refused to Anna: ending the session').waitFor();
  await chat.page.getByText('a turn runs; cancel it first').waitFor();
  session.emit('action.taken', { action: 'session/cancel', outcome: 'nothing' });
  session.say('An answer.');
  await chat.page.getByText('An answer.').waitFor();
  assert.equal(await chat.page.locator('.refusal').count(), 1, 'what found nothing to do is no row');
  // What moves while a turn runs has other colours in every frame.
  session.endTurn();
  await chat.page.getByText(/^Completed/u).waitFor();
  assert.deepEqual(await axeFindings(chat.page), []);
});
