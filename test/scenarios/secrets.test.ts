import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';
import { Wire, wiredClient } from '../support/wire.ts';

const TOKEN = 'tok-4f9c2e71-nobody-may-see';
const agents = { scripted: fakeAgent('scripted') };
const printsInPieces = `node -e "
const token = process.env.DEPLOY_TOKEN; let n = 0;
const next = () => { if (n < token.length) { process.stdout.write(token[n++]); setTimeout(next, 3); } else console.error(token); };
next();"`;

/** Every file of the data directory, as text. */
function stored(home: string): Record<string, string> {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [name, readFileSync(path.join(parentPath, name), 'latin1')]),
  );
}

test('what commands and agents say of a secret is in no event, frame, journal, index, log or error (C5)', async (t) => {
  const home = testHome(t);
  await home.connect();
  const wire = await Wire.open(home);
  const heard = wire.hear();
  const { registry: connection, connected } = wiredClient(home, wire, { agents });
  await connected();
  const env = { DEPLOY_TOKEN: TOKEN };
  const recorder = new Recorder();
  const shell = await connection.open({ cwd: home.work, agent: 'shell', env, onEvent: recorder.onEvent });
  for (const text of [
    'echo "the token is $DEPLOY_TOKEN"',
    printsInPieces,
    `head -c 1200000 /dev/zero | tr '\\0' 'x'; yes "$DEPLOY_TOKEN" | head -n 400000`,
    `echo ${TOKEN}; exit 3`,
  ]) {
    await (
      await shell.prompt(text)
    ).ended;
  }
  await (
    await shell.command('echo "$OTHER_TOKEN $DEPLOY_TOKEN"', { env: { OTHER_TOKEN: `${TOKEN}-other` } })
  ).ended;
  assert.ok(recorder.output.includes('the token is [redacted]'), recorder.output.slice(0, 200));

  const scripted = await connection.open({
    cwd: home.work,
    agent: 'scripted',
    env,
    onEvent: recorder.onEvent,
  });
  for (const text of ['env DEPLOY_TOKEN', `title about ${TOKEN}`, `fail because of ${TOKEN}`, 'crash']) {
    await (
      await scripted.prompt(text)
    ).ended;
  }
  await assert.rejects(scripted.configure({ mode: TOKEN }), (error: Error) => !error.message.includes(TOKEN));
  // Part of the secret is part of no word that is indexed.
  const { hits } = await connection.request('session/search', { query: 'nobody' });
  assert.deepEqual(hits, []);
  await scripted.end({ force: true });
  await shell.end({ force: true });

  const sinks = { ...stored(home.home), frames: heard() };
  assert.ok(sinks.frames.includes('[redacted]'));
  for (const [sink, text] of Object.entries(sinks)) {
    const index = text.indexOf(TOKEN);
    assert.equal(index, -1, `${sink}: …${text.slice(Math.max(0, index - 60), index + 60)}…`);
  }
});

test('a key among an agent’s arguments is in nothing that is kept or sent, and its session goes on under the next runtime (C5)', async (t) => {
  const home = testHome(t);
  const { args, ...agent } = fakeAgent('scripted');
  const keyed = { ...agent, args: [...args, '--api-key', TOKEN, `--header=X-Token: ${TOKEN}-2`] };
  const connection = await home.connect({ agents: { keyed } });
  const recorder = new Recorder();
  const session = await connection.openSession({
    cwd: home.work,
    agent: 'keyed',
    onEvent: recorder.onEvent,
  });
  assert.equal((await (await session.prompt('say before')).ended).outcome, 'completed');
  const [started] = recorder.all('session.started');
  assert.deepEqual(started?.agent.args?.slice(1), [
    '--api-key',
    '[redacted]',
    '--header=X-Token: [redacted]-2',
  ]);
  await home.kill();
  assert.equal((await (await session.prompt('say after')).ended).outcome, 'completed');
  for (const [sink, text] of Object.entries(stored(home.home)))
    assert.ok(!text.includes(TOKEN), `${sink} holds the key`);
});
