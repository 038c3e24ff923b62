import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { holdfast } from '../support/terminalProgram.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

/** A terminal, and a session of an agent that works on what it was asked first. */
async function setUp(t: TestContext, agent: 'scripted' | 'scriptedV2', first: string) {
  const home = testHome(t);
  const run = (...args: string[]) => holdfast(args, { home: home.home, cwd: home.work });
  const connection = await home.connect();
  const agents = { fake: fakeAgent(agent) };
  writeFileSync(path.join(home.home, 'agents.json'), JSON.stringify({ agents }));
  const id = (await run('new', '--agent', 'fake')).stdout.trim();
  const recorder = new Recorder();
  await connection.openSession({ sessionId: id, attach: true, onEvent: recorder.onEvent });
  const running = (await run('prompt', id, `say up\n${first}`)).stdout.trim();
  await recorder.until('the work to begin', () => recorder.agentText.includes('up'));
  return { run, id, recorder, running };
}

test('prompt --steer is taken in by what runs, and with --wait shows that turn to its end (T2)', async (t) => {
  const { run, id, recorder, running } = await setUp(t, 'scriptedV2', 'steered');
  const steered = await run('prompt', id, 'mind the gap', '--steer', '--wait');
  assert.deepEqual([steered.code, steered.stderr], [0, '']);
  assert.match(steered.stdout, /steered by mind the gap/u);
  const [joined] = recorder.all('turn.ended').filter(({ joined }) => joined !== undefined);
  assert.deepEqual([joined?.outcome, joined?.joined], ['completed', running]);
});

test('prompt --steer without --wait prints the id of its turn, which ends in the one that took it in (T2)', async (t) => {
  const { run, id, recorder, running } = await setUp(t, 'scriptedV2', 'steered');
  const { code, stdout, stderr } = await run('prompt', id, 'mind the gap', '--steer');
  assert.deepEqual([code, stderr], [0, '']);
  const turnId = stdout.trim();
  const ends = () => recorder.all('turn.ended').filter((end) => end.turnId === turnId);
  await recorder.until('its end', () => ends().length > 0);
  assert.deepEqual(
    ends().map(({ joined }) => joined),
    [running],
  );
});

test('prompt --steer that the agent does not take says why it waits, and shows its own turn (T2)', async (t) => {
  const { run, id, recorder } = await setUp(t, 'scriptedV2', 'steered');
  const waiting = run('prompt', id, 'no\nsay later', '--steer', '--wait');
  await recorder.next('turn.steerRefused');
  assert.equal((await run('prompt', id, 'go on', '--steer')).code, 0);
  const { code, stdout, stderr } = await waiting;
  assert.equal(code, 0);
  assert.match(stderr, /not taken in by what runs, so it waits: .*not now/u);
  assert.match(stdout, /later/u);
});

test('prompt --steer to an agent that cannot be steered is queued, and says so (T2)', async (t) => {
  const { run, id, recorder, running } = await setUp(t, 'scripted', 'hang');
  const { code, stdout, stderr } = await run('prompt', id, 'say later', '--steer');
  assert.deepEqual([code, stderr], [0, 'what runs cannot be steered: the prompt waits its turn\n']);
  const turnId = stdout.trim();
  assert.notEqual(turnId, running);
  assert.equal((await run('cancel', id)).code, 0);
  const ended = () => recorder.all('turn.ended').find((end) => end.turnId === turnId);
  await recorder.until('its own end', () => ended() !== undefined);
  assert.deepEqual([ended()?.outcome, ended()?.joined], ['completed', undefined]);
  assert.match(recorder.agentText, /later$/u);
});
