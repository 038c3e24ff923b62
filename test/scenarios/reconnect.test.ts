import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import type { Channel } from '../../src/client/index.ts';
import { fileURLToPath } from 'node:url';
import type { ChannelState } from '../../src/client/index.ts';
import { ManualClock } from '../support/manualClock.ts';
import { Recorder } from '../support/recorder.ts';
import { testHome } from '../support/testHome.ts';
import { Wire, wiredClient } from '../support/wire.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Resolves when a file exists. */
function appears(folder: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, () => look());
    const look = (): void => {
      if (!existsSync(path.join(folder, name))) return;
      watcher.close();
      resolve();
    };
    look();
  });
}

/** Resolves when a channel has made so many connections and stands. */
function connectedAgain(
  channel: Pick<Channel, 'generation' | 'state' | 'onState'>,
  generation: number,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (channel.generation >= generation && channel.state === 'connected') resolve();
    };
    channel.onState(look);
    look();
  });
}

test('a socket that is cut in mid-stream costs nothing: all sessions go on from their cursors (J1, J4)', async (t) => {
  const home = testHome(t);
  const wire = await Wire.open(home);
  const { registry, channel } = wiredClient(home, wire);
  const recorders = [new Recorder(), new Recorder(), new Recorder()];
  const sessions = await Promise.all(
    recorders.map(({ onEvent }) => registry.open({ cwd: home.work, onEvent })),
  );
  const turns = await Promise.all(
    sessions.map((session) => session.prompt('for i in $(seq 1 30); do echo $i; sleep 0.01; done')),
  );
  for (let cut = 1; cut <= 3; cut++) {
    await recorders[0]?.until('some output', () => (recorders[0]?.output.split('\n').length ?? 0) > cut * 5);
    wire.cut();
    await connectedAgain(channel, cut + 1);
  }
  for (const [index, turn] of turns.entries()) {
    assert.equal((await turn.ended).outcome, 'completed', 'the wait for its end went on');
    const { seqs, output } = recorders[index] as Recorder;
    assert.deepEqual(
      seqs,
      seqs.map((_, at) => at + 1),
    );
    assert.equal(output, Array.from({ length: 30 }, (_, at) => `${at + 1}\n`).join(''));
  }
  assert.equal(channel.generation, 4);
});

test('a prompt whose answer was lost with the connection is sent again and runs once (J5)', async (t) => {
  const home = testHome(t);
  const wire = await Wire.open(home);
  const { registry } = wiredClient(home, wire);
  const recorder = new Recorder();
  const session = await registry.open({ cwd: home.work, onEvent: recorder.onEvent });
  wire.hold(true);
  const sending = session.prompt('echo ran >> ran');
  await appears(home.work, 'ran');
  wire.hold(false);
  wire.cut();
  const turn = await sending;
  await turn.ended;
  assert.equal(readFileSync(path.join(home.work, 'ran'), 'utf8'), 'ran\n');
  assert.deepEqual(
    recorder.all('turn.started').map(({ turnId }) => turnId),
    [turn.turnId],
  );
});

test('the next attempt to connect can be seen, and need not be waited for (U8)', async (t) => {
  const home = testHome(t);
  await home.connect().then((connection) => connection.dispose());
  // Time passes only when the test says so: nothing but `retryNow` ends the fourth wait.
  const clock = new ManualClock();
  const watching = await home.connect({ mayLaunch: false, clock });
  const waits: number[] = [];
  const seen = new Promise<void>((resolve) => {
    watching.onDialState(({ state, nextAttemptAt, attempt }) => {
      if (state !== 'waiting' || nextAttemptAt === undefined) return;
      const wait = nextAttemptAt - clock.now();
      waits.push(wait);
      if (attempt === 4) resolve();
      else setImmediate(() => clock.advance(wait));
    });
  });
  await home.kill();
  await seen;
  // Doubling from 100 ms, the upper half at random.
  for (const [index, wait] of waits.entries()) {
    const full = 100 * 2 ** index;
    assert.ok(wait <= full && wait >= full / 2, `attempt ${index + 1} waits ${wait} ms of ${full}`);
  }
  await home.connect();
  const connected = new Promise<void>((resolve) =>
    watching.onState((state) => state === 'connected' && resolve()),
  );
  watching.retryNow();
  await connected;
  assert.equal(waits.length, 4, 'without waiting any longer');
});

test('a clock that jumps by a day drops no local connection and loses nothing (no heartbeats there)', async (t) => {
  const home = testHome(t);
  const wire = await Wire.open(home);
  const clock = new ManualClock();
  const { registry, channel } = wiredClient(home, wire, { clock });
  const recorder = new Recorder();
  const session = await registry.open({ cwd: home.work, onEvent: recorder.onEvent });
  const states: ChannelState[] = [];
  channel.onState((state) => states.push(state));
  const turn = await session.prompt('echo one; until [ -e go ]; do sleep 0.02; done; echo two');
  await recorder.until('one', () => recorder.output.includes('one'));
  clock.advance(24 * 60 * 60_000);
  const other = await home.connect();
  await (await other.openSession({ cwd: home.work })).command('touch go');
  assert.equal((await turn.ended).outcome, 'completed');
  assert.deepEqual([states, channel.generation], [[], 1]);
});

test(
  'a runtime that was stopped for a while is the same connection afterwards (sleep)',
  { skip: process.platform === 'win32' },
  async (t) => {
    const home = testHome(t);
    const wire = await Wire.open(home);
    const { registry, channel } = wiredClient(home, wire);
    const recorder = new Recorder();
    const session = await registry.open({ cwd: home.work, onEvent: recorder.onEvent });
    const { pid } = home.entry();
    process.kill(pid, 'SIGSTOP');
    const sent = wire.sent;
    const sending = session.prompt('echo awake');
    while (wire.sent === sent) await new Promise((resolve) => setImmediate(resolve));
    process.kill(pid, 'SIGCONT');
    await (
      await sending
    ).ended;
    assert.equal(recorder.output, 'awake\n');
    assert.deepEqual([channel.generation, wire.connections], [1, 1]);
  },
);

test(
  'a client that is stopped for a while gets all it missed, over the connection it had (a breakpoint, sleep)',
  { skip: process.platform === 'win32' },
  async (t) => {
    const home = testHome(t);
    const connection = await home.connect();
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: home.work, onEvent: recorder.onEvent });
    const turn = await session.prompt('echo first; until [ -e go ]; do sleep 0.02; done; seq 1 20000');
    const child = spawn(process.execPath, [cli, 'attach', session.id, '--json'], {
      env: { ...process.env, HOLDFAST_HOME: home.home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const lines: { seq: number; event: { type: string } }[] = [];
    const ended = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const envelope = JSON.parse(line) as (typeof lines)[number];
        lines.push(envelope);
        if (lines.length === 1) child.kill('SIGSTOP');
        if (envelope.event.type === 'turn.ended') resolve();
      });
    });
    while (lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const { clients } = await connection.request('runtime/status', {});
    await (await connection.openSession({ cwd: home.work })).command('touch go');
    await turn.ended;
    child.kill('SIGCONT');
    await ended;
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      recorder.seqs.slice(0, lines.length),
    );
    assert.equal((await connection.request('runtime/status', {})).clients, clients);
    child.kill('SIGKILL');
  },
);
