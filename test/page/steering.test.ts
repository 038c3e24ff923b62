import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { FromPage } from '../../src/protocol/page.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const params = (message: FromPage): unknown => message.type === 'request' && message.params;

test('where the agent can be steered, what is written can be given to what runs, and shows as on its way (U3, T2)', async () => {
  const session = new FakeSession().prompt('long work');
  await using chat = await openChatPage({ session });
  const field = chat.page.getByRole('textbox', { name: 'Prompt' });
  await field.fill('mind the gap');
  const menu = chat.page.getByRole('button', { name: 'How to send' });
  const steer = chat.page.getByRole('menuitem', { name: /Steer/ });
  await menu.click();
  await chat.page.getByRole('menuitem', { name: /Stop and send/ }).waitFor();
  assert.equal(await steer.count(), 0, 'not where it cannot');
  await chat.page.keyboard.press('Escape');
  session.emit('agent.started', {
    ...{ processId: 'p' as never, agentSessionId: 'a', how: 'resumed' },
    takes: { images: false, audio: false, steering: true },
  });
  await menu.click();
  await steer.click();
  const prompt = await chat.heard(({ type }) => type === 'request');
  assert.deepEqual(params(prompt), { content: [{ type: 'text', text: 'mind the gap' }], mode: 'steer' });
  const steers = session.turnId as never;
  const content = [{ type: 'text' as const, text: 'mind the gap' }];
  session.emit('turn.queued', { turnId: 'steering' as never, kind: 'prompt', content, steers });
  await chat.page.getByText('Being given to what runs').waitFor();
  assert.equal(await chat.page.getByRole('button', { name: /^Edit: / }).count(), 0);
  session.emit('turn.steerRefused', { turnId: 'steering' as never, reason: 'not now' });
  await chat.page.getByRole('button', { name: 'Edit: mind the gap' }).waitFor();
  await chat.page.getByText('Not taken in by what runs, so it waits: not now').waitFor();
});
