import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Connection, Session } from '../../src/client/index.ts';
import type { CallParams } from '../../src/client/outbox.ts';
import { contentText } from '../../src/protocol/contentText.ts';
import type { Envelope } from '../../src/protocol/events.ts';
import type { Head, Outcome } from '../../src/protocol/head.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import { AgentControl } from '../support/agentControl.ts';
import { marked, markProcesses, noneMarked } from '../support/marked.ts';
import type { Random } from '../support/seeded.ts';
import { endProcess, testHome, type TestHome } from '../support/testHome.ts';
import { Wire, wiredClient, type WiredClient } from '../support/wire.ts';
import { everything } from './everything.ts';
import { wordsIn } from './turnActs.ts';
import { TurnModel, type Fate, type Given, type Sent } from './turnModel.ts';
import type { Stage, Work } from './turnStage.ts';
import { TurnWalker } from './turnWalker.ts';
import { Watcher } from './watcher.ts';

/** So long what was set off may take to show, in milliseconds. */
const SETTLED_MS = 30_000;

interface Held {
  readonly session: Session;
  readonly watcher: Watcher;
}

interface Client {
  readonly wire: Wire;
  readonly wired: WiredClient;
  readonly held: ReadonlyMap<SessionId, Held>;
}

/**
 * A walk with everything that there is: a runtime in a process of its own, agents and shells, sockets that are cut, `kill -9` of
 * agents and runtime. At the end each client has seen what the journal has, in order, once; nothing is counted as running; and of
 * all processes that were started none is left (T2, T3, W1, J3 to J5, law 4, law 11).
 */
export async function walkForReal(t: TestContext, random: Random, steps: number): Promise<void> {
  // A cancelled turn whose agent is deaf ends when the walk says so.
  process.env['HOLDFAST_CANCEL_GRACE_MS'] = String(3600_000);
  t.after(() => delete process.env['HOLDFAST_CANCEL_GRACE_MS']);
  const home = testHome(t);
  markProcesses(t, home.home);
  const control = await AgentControl.open(home);
  const reader = await home.connect({ clientName: 'reader', agents: control.agents });
  const seen = new Map<SessionId, Held>();
  const controlled = random() < 0.6 ? 'controlledV2' : 'controlled';
  for (const agent of [controlled, controlled, 'shell']) {
    const watcher = new Watcher();
    const session = await reader.openSession({ cwd: home.work, agent, ...handlersOf(watcher) });
    seen.set(session.id, { session, watcher });
  }
  const ids = [...seen.keys()];
  const clients = await Promise.all(['one', 'two', 'three'].map((name) => begin(home, name, ids)));
  const models = ids.map(
    (id, at) => new TurnModel(id, { hasProcess: at < 2, steerable: at < 2 && controlled === 'controlledV2' }),
  );
  const walker = new TurnWalker(new RealStage(home, control, reader, seen, clients), random, models);
  await walker.walk(steps);

  const { processes, sessions } = await reader.request('runtime/status', {});
  assert.deepEqual(sessions, { total: ids.length, running: 0, waiting: 0 });
  for (const each of processes) assert.equal(new Set(each.sessions).size, each.sessions.length);
  const last = await home.connect({ clientName: 'last' });
  for (const id of ids) {
    const journal = await everything(last, id);
    const seq = journal.at(-1)?.seq ?? 0;
    for (const [at, held] of [seen, ...clients.map((client) => client.held)].entries()) {
      const { watcher } = held.get(id) ?? assert.fail();
      await watcher.until(() => watcher.seq >= seq);
      assert.equal(watcher.resets, 0, 'numbers that were shown mean what they meant');
      watcher.verify(journal, `client ${at}`);
    }
  }
  const { pid } = home.entry();
  for (const { wired } of clients) {
    wired.registry.dispose();
    wired.channel.dispose();
  }
  for (const each of [reader, last]) each.dispose();
  // Of runtimes that several clients started at once, all but one go when they find the lock taken.
  const isRuntime = ({ command }: { readonly command: string }): boolean => command.includes('runtime.mjs');
  while (marked(home.home).filter(isRuntime).length > 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await endProcess(pid, 'SIGTERM');
  await noneMarked(home.home);
}

const handlersOf = ({ onEvent, onReset, onLost }: Watcher) => ({ onEvent, onReset, onLost });

async function begin(home: TestHome, name: string, ids: readonly SessionId[]): Promise<Client> {
  const wire = await Wire.open(home);
  const wired = wiredClient(home, wire, { name });
  const held = new Map<SessionId, Held>();
  for (const sessionId of ids) {
    const watcher = new Watcher();
    const session = await wired.registry.open({ sessionId, attach: true, ...handlersOf(watcher) });
    held.set(sessionId, { session, watcher });
  }
  return { wire, wired, held };
}

class RealStage implements Stage {
  readonly runsCommands = true;
  readonly #home: TestHome;
  readonly #control: AgentControl;
  /** Looks on from a connection that is never cut. */
  readonly #reader: Connection;
  readonly #seen: ReadonlyMap<SessionId, Held>;
  readonly #clients: readonly Client[];

  constructor(
    home: TestHome,
    control: AgentControl,
    reader: Connection,
    seen: ReadonlyMap<SessionId, Held>,
    clients: readonly Client[],
  ) {
    this.#home = home;
    this.#control = control;
    this.#reader = reader;
    this.#seen = seen;
    this.#clients = clients;
  }

  get clients(): number {
    return this.#clients.length;
  }

  request: Stage['request'] = (client, method, params) =>
    this.#client(client).wired.registry.request(method, params as CallParams<typeof method>);

  resume(client: number, sessionId: SessionId): Promise<unknown> {
    const { session } = this.#client(client).held.get(sessionId) ?? assert.fail();
    return this.request(client, 'session/resume', { sessionId, cursor: session.cursor });
  }

  seen(sessionId: SessionId): { readonly head: Head; readonly events: readonly Envelope[] } {
    const { watcher } = this.#seen.get(sessionId) ?? assert.fail();
    return { head: watcher.head ?? assert.fail(), events: watcher.envelopes };
  }

  /** A shell works until there is a file that says with what code it ends; some leave something in the background. */
  text({ hasProcess }: TurnModel, { words, by }: Sent): string {
    if (hasProcess && by === 'agent') return words;
    const left = words.endsWith('3.') ? 'sleep 1000 & ' : '';
    return `${left}until [ -e '${words}' ]; do sleep 0.02; done; exit $(cat '${words}')`;
  }

  async work({ hasProcess }: TurnModel, { words, by }: Sent): Promise<Work> {
    if (!hasProcess || by === 'command') {
      const end = (outcome: Outcome): void => {
        const file = path.join(this.#home.work, words);
        writeFileSync(`${file}new`, outcome === 'completed' ? '0' : '3');
        renameSync(`${file}new`, file);
      };
      return { outcomes: ['completed', 'failed'], end };
    }
    const { end, ask, ignoreCancel } = await this.#control.prompt(words);
    const results = { completed: { stopReason: 'end_turn' }, refused: { stopReason: 'refusal' } };
    return {
      outcomes: ['completed', 'failed', 'refused'],
      end: (outcome) =>
        end(outcome === 'completed' || outcome === 'refused' ? results[outcome] : { failed: true }),
      ask,
      ignoreCancel,
    };
  }

  wasGiven(words: string): boolean {
    return this.#control.wasGiven(words);
  }

  async land(
    _: TurnModel,
    { words }: Given,
    { fate, isDeaf }: { readonly fate: Fate; readonly isDeaf: boolean },
  ): Promise<void> {
    (await this.#control.given(words)).land(fate, isDeaf);
  }

  async leave(words: string): Promise<void> {
    (await this.#control.prompt(words)).end({ stopReason: 'cancelled' });
  }

  async settled(holds: () => void): Promise<void> {
    const deadline = performance.now() + SETTLED_MS;
    for (;;) {
      await this.#upToDate();
      await this.#given();
      const before = new Map([...this.#seen.values()].map(({ watcher }) => [watcher, watcher.seq]));
      try {
        return holds();
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
      await this.#news(before, deadline - performance.now());
    }
  }

  /** Kills what is known to host sessions: what is being started is none yet. */
  async crash(): Promise<void> {
    const pidOf = ({ watcher }: Held): number | undefined => watcher.head?.process?.pid;
    const pids = new Set([...this.#seen.values()].map(pidOf).filter((pid) => pid !== undefined));
    for (const pid of pids) await endProcess(pid, 'SIGKILL');
    for (const held of this.#seen.values()) await held.watcher.until(() => !pids.has(pidOf(held) ?? 0));
  }

  async reconnect(client: number): Promise<void> {
    this.#client(client).wire.cut();
  }

  async kill(): Promise<void> {
    const { pid } = this.#home.entry();
    await this.#home.kill();
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#reader.state !== 'connected' || this.#reader.hello.pid === pid) return;
        listening.dispose();
        resolve();
      };
      const listening = this.#reader.onState(look);
      look();
    });
    // What changes something waits until all is recovered.
    for (const sessionId of this.#seen.keys())
      await this.#reader.request('session/queue', { sessionId, action: { kind: 'list' } });
    await this.#upToDate();
  }

  /** Resolves when the reader has seen everything that there is now. */
  async #upToDate(): Promise<void> {
    for (const [sessionId, { watcher }] of this.#seen) {
      const { head } = await this.#reader.request('session/get', { sessionId });
      await watcher.until(() => watcher.seq >= head.seq);
    }
  }

  /** Resolves when what is on its way into a turn is with the agent, or is no longer. */
  async #given(): Promise<void> {
    for (const { watcher } of this.#seen.values()) {
      const flying = (watcher.head?.queue ?? []).filter(({ steers }) => steers !== undefined);
      for (const { turnId, content } of flying) {
        const isOver = (): boolean =>
          watcher.head?.queue.find((each) => each.turnId === turnId)?.steers === undefined;
        const over = watcher.until(isOver);
        over.catch(() => undefined);
        await Promise.race([this.#control.given(wordsIn(contentText(content))), over]);
      }
    }
  }

  /** Resolves when the reader has seen more than this, or when the time is over. */
  async #news(before: ReadonlyMap<Watcher, number>, ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    const all = [...before].map(([watcher, seq]) => watcher.until(() => watcher.seq > seq));
    // Those that nothing came of are told so when the reader goes.
    for (const each of all) each.catch(() => undefined);
    await Promise.race([...all, over]).finally(() => clearTimeout(timer));
  }

  #client(at: number): Client {
    return this.#clients[at] ?? assert.fail(`no client ${at}`);
  }
}
