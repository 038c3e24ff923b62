import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { isHoldfastError, type Connection } from '../../src/client/index.ts';
import {
  newCommandId,
  newSessionId,
  type CommandId,
  type SessionId,
  type TurnId,
} from '../../src/protocol/ids.ts';
import { markProcesses, noneMarked } from '../support/marked.ts';
import type { Random } from '../support/seeded.ts';
import { endProcess, fakeAgent, testHome, type TestHome } from '../support/testHome.ts';
import { everything } from './everything.ts';
import { Watcher } from './watcher.ts';

interface Load {
  readonly client: Connection;
  readonly sessionId: SessionId;
  readonly agent: string;
  /** What each client saw of it, the owner's first. */
  readonly watchers: readonly Watcher[];
  /** Commands that were sent, and the turn that each was acknowledged with. */
  readonly sent: Map<CommandId, TurnId | undefined>;
}

/**
 * J4, J5, T9: three clients keep sessions busy while the runtime is killed again and again. Whatever a client saw is in
 * the journal, in order, once; no command ran twice; every turn has one end; no process is left.
 */
export async function killUnderLoad(t: TestContext, random: Random, kills: number): Promise<void> {
  const home = testHome(t);
  markProcesses(t, home.home);
  const agents = { scripted: fakeAgent('scripted') };
  const names = ['one', 'two', 'three'];
  const clients = await Promise.all(names.map((clientName) => home.connect({ clientName, agents })));
  const loads = await Promise.all(
    clients.map((client, at) => begin(clients, client, home, at === 0 ? 'scripted' : 'shell')),
  );
  const stop = new AbortController();
  const working = loads.map((load) => keepBusy(load, random, stop.signal));
  const opening = keepOpening(clients[0] as Connection, home, stop.signal);
  for (let kill = 1; kill <= kills; kill++) {
    await pause(random.between(0, 350));
    await killAndReturn(home, clients);
  }
  stop.abort();
  await Promise.all(working);
  const opened = await opening;
  // What was queued when the runtime died runs before the next prompt.
  for (const { client, sessionId } of loads)
    await (
      await client.session(sessionId)?.prompt('echo last')
    )?.ended;

  const reader = await home.connect({ clientName: 'reader' });
  for (const load of loads) await verify(reader, load, home);
  for (const sessionId of opened) {
    const [first] = await everything(reader, sessionId);
    assert.equal(first?.event.type, 'session.started', 'what was opened is there');
  }
  const { pid } = home.entry();
  for (const client of [...clients, reader]) client.dispose();
  await endProcess(pid, 'SIGTERM');
  await noneMarked(home.home);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function begin(
  clients: readonly Connection[],
  owner: Connection,
  { work }: TestHome,
  agent: string,
): Promise<Load> {
  const others = clients.filter((client) => client !== owner);
  const [own, theirs] = [new Watcher(), others.map(() => new Watcher())];
  const handlersOf = ({ onEvent, onReset, onLost }: Watcher) => ({ onEvent, onReset, onLost });
  const { id: sessionId } = await owner.openSession({ cwd: work, agent, ...handlersOf(own) });
  for (const [index, watcher] of theirs.entries()) {
    await others[index]?.openSession({ sessionId, attach: true, ...handlersOf(watcher) });
  }
  return { client: owner, sessionId, agent, watchers: [own, ...theirs], sent: new Map() };
}

/** Sends prompts and commands until it is told to stop; what runs in a shell leaves one line in a file. */
async function keepBusy(
  { client, sessionId, agent, watchers, sent }: Load,
  random: Random,
  stop: AbortSignal,
): Promise<void> {
  const [watcher] = watchers;
  while (!stop.aborted) {
    const commandId = newCommandId();
    const after = random.pick(['', '', 'sleep 0.05', 'sleep 1000 & ']);
    const shell = `echo ${commandId} >> ran; seq ${random.between(1, 300)}; ${after}`;
    const prompt =
      agent === 'shell' ? shell : `say ${'some words '.repeat(random.between(1, 20))}\ntool\nslow 20 2`;
    sent.set(commandId, undefined);
    const common = { sessionId, commandId };
    const { turnId, queued } = await (random() < 0.5
      ? client.request('session/command', { ...common, command: shell })
      : client.request('session/prompt', { ...common, content: [{ type: 'text', text: prompt }] }));
    sent.set(commandId, turnId);
    // Sometimes the next one is sent while this one runs, or waits.
    const crowded = (watcher?.head?.queue.length ?? 0) > 3;
    const ended = queued ? pause(crowded ? 200 : 20) : watcher?.ended(turnId);
    await Promise.race([ended, pause(random.between(0, crowded ? 200 : 60))]);
  }
}

/** Opens one session after the other; an open that failed with its connection is tried again under its id (O3). */
async function keepOpening(client: Connection, { work }: TestHome, stop: AbortSignal): Promise<SessionId[]> {
  const opened: SessionId[] = [];
  while (!stop.aborted) {
    const sessionId = newSessionId();
    for (let open = false; !open;) {
      try {
        const session = await client.openSession({ sessionId, cwd: work });
        session.leave();
        opened.push(sessionId);
        open = true;
      } catch (error) {
        assert.ok(isHoldfastError(error, 'connectionLost'), String(error));
        await pause(1);
      }
    }
    await pause(50);
  }
  return opened;
}

/** Kills the runtime, and waits until a client that noticed has another one. */
async function killAndReturn(home: TestHome, clients: readonly Connection[]): Promise<void> {
  const { pid } = home.entry();
  await home.kill();
  const isBack = (client: Connection): boolean => client.state === 'connected' && client.hello.pid !== pid;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (!clients.some(isBack)) return;
      for (const each of listening) each.dispose();
      resolve();
    };
    const listening = clients.map((client) => client.onState(look));
    look();
  });
}

async function verify(reader: Connection, load: Load, { work }: TestHome): Promise<void> {
  const journal = await everything(reader, load.sessionId);
  const seq = journal.at(-1)?.seq ?? 0;
  const ends = new Map<TurnId, string[]>();
  const turnsOf = new Map<CommandId, Set<TurnId>>();
  for (const { event, by } of journal) {
    if (event.type === 'turn.ended')
      ends.set(event.turnId, [...(ends.get(event.turnId) ?? []), event.outcome]);
    if ((event.type !== 'turn.started' && event.type !== 'turn.queued') || by?.commandId === undefined)
      continue;
    turnsOf.set(by.commandId, (turnsOf.get(by.commandId) ?? new Set()).add(event.turnId));
  }
  const lines = readFileSync(path.join(work, 'ran'), 'utf8').split('\n');
  for (const [commandId, turnId] of load.sent) {
    assert.ok(turnId !== undefined, `${commandId} was acknowledged in the end`);
    assert.deepEqual([...(turnsOf.get(commandId) ?? [])], [turnId], `${commandId} made one turn`);
    const [outcome, ...more] = ends.get(turnId) ?? [];
    assert.ok(outcome !== undefined && more.length === 0, `${turnId} ended once: ${outcome} ${more.join()}`);
    const ran = lines.filter((line) => line === commandId).length;
    assert.ok(ran <= 1, `${commandId} ran ${ran} times`);
    const isShell = journal.some(
      ({ event, turnId: of }) => event.type === 'commandRun.started' && of === turnId,
    );
    if (outcome === 'completed' && isShell) assert.equal(ran, 1, `${commandId} completed and ran`);
  }
  for (const [index, watcher] of load.watchers.entries()) {
    await watcher.until(() => watcher.seq >= seq);
    assert.equal(watcher.resets, 0, 'numbers that were shown are never lost to a killed process');
    watcher.verify(journal, `client ${index}`);
  }
}
