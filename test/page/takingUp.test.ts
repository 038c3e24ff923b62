import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { FromPage } from '../../src/protocol/page.ts';
import { axeFindings } from './support/axe.ts';
import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const composer = (chat: ChatPage) => chat.page.getByRole('textbox', { name: 'Prompt' });
const takeUp = (chat: ChatPage, nth: number) =>
  chat.page.getByRole('button', { name: 'Edit and send again' }).nth(nth);
const isPrompt = (message: FromPage): boolean =>
  message.type === 'request' && message.method === 'session/prompt';

const picture = { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' } as const;
const link = {
  type: 'resource_link',
  uri: 'file:///home/ada/tides/src/tide.ts',
  name: 'src/tide.ts',
} as const;

test('a message of the person comes back into the composer with all that went with it, and is sent again [U3]', async () => {
  const session = new FakeSession()
    .prompt([{ type: 'text', text: 'Look at @src/tide.ts' }, link, picture])
    .say('Done.')
    .endTurn();
  await using chat = await openChatPage({ session });
  await takeUp(chat, 0).click();
  await chat.page.getByRole('list', { name: 'Attached' }).getByText('src/tide.ts').waitFor();
  assert.equal(await composer(chat).inputValue(), 'Look at @src/tide.ts');
  await composer(chat).press('End');
  await composer(chat).pressSequentially(' again');
  await composer(chat).press('Enter');
  const sent = await chat.heard(isPrompt);
  assert.deepEqual(sent.type === 'request' && sent.params['content'], [
    { type: 'text', text: 'Look at @src/tide.ts again' },
    link,
    picture,
  ]);
});

test('what was being written makes room, and comes back at once or out of the history, also after a reload [U3]', async () => {
  const session = new FakeSession().prompt('First thing').say('Done.').endTurn();
  await using chat = await openChatPage({ session });
  await composer(chat).fill('half a thought');
  await takeUp(chat, 0).click();
  await chat.page.getByText('Kept: half a thought').waitFor();
  await takeUp(chat, 0).focus();
  await chat.screenshot('taking-up-dark-320');
  assert.equal(await composer(chat).inputValue(), 'First thing');
  assert.deepEqual(await axeFindings(chat.page), []);
  await chat.page.getByRole('button', { name: 'Bring Back' }).click();
  assert.equal(await composer(chat).inputValue(), 'half a thought');
  await takeUp(chat, 0).click();
  await composer(chat).press('Enter');
  await chat.heard(isPrompt);
  await chat.reload();
  await composer(chat).focus();
  // Its field alone knows nothing of what was asked before.
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer(chat).press('ArrowUp');
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'half a thought');
  await composer(chat).press('Enter');
  await chat.heard(isPrompt);
  await composer(chat).press('ArrowUp');
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'First thing');
});

test('keys lead from prompt to prompt, through pages not yet loaded, and one takes it up again [U3, U6]', async () => {
  const session = new FakeSession();
  for (let turn = 1; turn <= 60; turn++)
    session.prompt(`Prompt ${turn}`).say('Line\n\n'.repeat(20)).endTurn();
  await using chat = await openChatPage({ session, tail: 9 });
  const focused = (): Promise<string | undefined> =>
    chat.page.evaluate(() => document.activeElement?.textContent ?? undefined);
  const isFocused = (text: string) =>
    chat.page.waitForFunction((wanted) => document.activeElement?.textContent === wanted, text);
  await chat.page.getByText('Prompt 60', { exact: true }).waitFor();
  await composer(chat).focus();
  for (const turn of [60, 59, 58, 57, 56]) {
    await chat.page.keyboard.press('Alt+ArrowUp');
    await isFocused(`Prompt ${turn}`);
  }
  await chat.page.keyboard.press('Alt+ArrowDown');
  await isFocused('Prompt 57');
  assert.equal(await focused(), 'Prompt 57');
  await chat.page.keyboard.press('e');
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'Prompt 57');
  assert.equal(await composer(chat).inputValue(), 'Prompt 57');
});

test('who reads further up is told how much came, and a key leads to the end [U3]', async () => {
  const session = new FakeSession();
  for (let turn = 1; turn <= 6; turn++) session.prompt(`Prompt ${turn}`).say('Line\n\n'.repeat(20)).endTurn();
  await using chat = await openChatPage({ session });
  await composer(chat).focus();
  await chat.page.keyboard.press('Alt+ArrowUp');
  await chat.page.keyboard.press('Alt+ArrowUp');
  await chat.page.getByRole('button', { name: 'Jump to latest', exact: true }).waitFor();
  session.prompt('Something new').say('An answer.');
  await chat.page.getByRole('button', { name: 'Jump to latest · 2 new' }).waitFor();
  await chat.page.keyboard.press('Alt+End');
  await chat.page.getByRole('button', { name: /Jump to latest/u }).waitFor({ state: 'detached' });
  const fromEnd = await chat.page
    .locator('.transcript')
    .evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop);
  assert.ok(fromEnd <= 1, `${fromEnd} pixels from the end`);
});

test('what a check found is not the person’s, and is not taken up [U3, G1]', async () => {
  const session = new FakeSession().prompt('Make it green').endTurn();
  session.prompt('The check failed: 3 tests', undefined, 'check').endTurn();
  await using chat = await openChatPage({ session });
  await chat.page.getByText('The check failed: 3 tests').waitFor();
  assert.equal(await chat.page.getByRole('button', { name: 'Edit and send again' }).count(), 1);
});

test('what takes up the first prompt of a session is whole: nothing cuts it off above [U3]', async () => {
  const session = new FakeSession().prompt('date');
  session.command('date').end(0);
  session.endTurn();
  await using chat = await openChatPage({ session });
  await chat.page.locator('.one-command').hover();
  const button = takeUp(chat, 0);
  await button.waitFor();
  const isWhole = await button.evaluate((element) => {
    const { left, top, width } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(left + width / 2, top + 1));
  });
  assert.equal(isWhole, true);
});
