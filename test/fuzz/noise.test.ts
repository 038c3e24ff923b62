import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Connection } from '../../src/client/index.ts';
import { requestSchemas } from '../../src/protocol/methods.ts';
import { hello, RawSocket } from '../support/rawSocket.ts';
import { seeded, type Random } from '../support/seeded.ts';
import { endProcess, fakeAgent, testHome, type TestHome } from '../support/testHome.ts';
import { agentLine, anyValue, mutated } from './noise.ts';

/** The same runtime as before still does what it is for. */
async function works(connection: Connection, { work }: TestHome, pid: number): Promise<void> {
  assert.equal((await connection.request('runtime/status', {})).pid, pid, 'the same runtime runs');
  const session = await connection.openSession({ cwd: work });
  assert.equal((await (await session.prompt('true')).ended).outcome, 'completed');
  session.leave();
}

seeded(
  'random bytes at the socket, before and after the upgrade, end nothing but their own connection (S4)',
  { name: 'socketNoise', fresh: 1 },
  async (t, random) => {
    const home = testHome(t);
    const connection = await home.connect();
    const { pid, socket } = home.entry();
    for (let round = 0; round < 20; round++) {
      const bare = net.connect({ path: socket });
      const closed = new Promise<void>((resolve) =>
        bare.on('error', () => undefined).on('close', () => resolve()),
      );
      bare.write(
        random() < 0.5
          ? random.bytes(random.between(1, 2000))
          : `GET /holdfast HTTP/1.1\r\n${random.bytes(100).toString('latin1')}\r\n\r\n`,
      );
      bare.end(random.bytes(10));
      bare.resume();
      const raw = await RawSocket.open(home.entry());
      if (random() < 0.5) await raw.request(1, 'initialize', hello());
      raw.send(random.bytes(random.between(1, 500)).toString(random.pick(['latin1', 'utf8', 'base64'])));
      await Promise.all([raw.closed, closed]);
    }
    await works(connection, home, pid);
  },
);

seeded(
  'random requests that look valid are answered, each with a result or an error, and the runtime goes on (S4)',
  { name: 'requestNoise', fresh: 1 },
  async (t, random) => {
    const home = testHome(t);
    const connection = await home.connect();
    const { pid } = home.entry();
    const victim = await connection.openSession({ cwd: home.work });
    // What would rightly stop the runtime is left out.
    const methods = Object.keys(requestSchemas).filter((method) => method !== 'runtime/retire');
    const raw = await RawSocket.open(home.entry());
    await raw.request(0, 'initialize', hello());
    const answers = Array.from({ length: 600 }, (_, index) => {
      const method = random() < 0.05 ? 'x/y' : random.pick(methods);
      return raw.request(index + 1, method, mutated(likelyParams(victim.id, home.work, random), random));
    });
    for (const answer of await Promise.all(answers)) assert.ok('result' in answer || 'error' in answer);
    for (let index = 0; index < 50; index++) {
      raw.send(
        JSON.stringify({
          jsonrpc: '2.0',
          method: random.pick(['feed/credit', 'window/focus', 'x', 'initialized']),
          params: anyValue(random) ?? {},
        }),
      );
    }
    await raw.request(9_999, 'runtime/status');
    await works(connection, home, pid);
  },
);

function likelyParams(sessionId: string, cwd: string, random: Random): object {
  const commandId = `noise-${random.between(0, 1e9)}`;
  const content = [{ type: 'text', text: 'true' }];
  return {
    ...{
      sessionId,
      commandId,
      cwd,
      content,
      command: 'true',
      title: 'A title',
      mode: random.pick(['queue', 'interrupt', 'x']),
    },
    ...{
      sessions: [{ sessionId, tail: 3 }],
      limit: random.pick([1, 10, 1e9]),
      before: 5,
      after: 'x',
      text: 'x',
      query: 'x',
    },
    ...{
      interactionId: 'x',
      answer: { kind: 'option', optionId: 'x' },
      force: false,
      archived: true,
      readSeq: 3,
    },
  };
}

seeded(
  'random lines from an agent never end the runtime, and the turn has its one end (S4, P6)',
  { name: 'agentNoise', fresh: 1 },
  async (t, random) => {
    const home = testHome(t);
    const connection = await home.connect({ agents: { garbled: fakeAgent('garbled') } });
    const { pid } = home.entry();
    const session = await connection.openSession({
      ...{ cwd: home.work, agent: 'garbled' },
      onPermission: () => ({ kind: 'reject' }),
    });
    for (let round = 0; round < 8; round++) {
      const lines = Array.from({ length: 60 }, () => agentLine(random).toString('base64'));
      const { outcome } = await (await session.prompt(JSON.stringify(lines))).ended;
      assert.ok(['completed', 'failed'].includes(outcome), outcome);
    }
    await works(connection, home, pid);
  },
);

seeded(
  'random bytes in agents.json and in the discovery entry never end the runtime, and it is found again (S4)',
  { name: 'fileNoise', fresh: 1 },
  async (t, random) => {
    const home = testHome(t);
    const connection = await home.connect();
    const { pid } = home.entry();
    const valid = JSON.stringify({
      agents: { one: { name: 'One', command: 'one', args: ['x'] }, two: { command: 2 } },
    });
    for (let round = 0; round < 30; round++) {
      const noise =
        random() < 0.5
          ? random.bytes(random.between(0, 300))
          : (JSON.stringify(mutated(JSON.parse(valid), random)) ?? '');
      writeFileSync(path.join(home.home, 'agents.json'), noise);
      const { agents } = await connection.request('agent/list', {});
      assert.ok(
        agents.some(({ id }) => id === 'shell'),
        'the Shell agent is always there',
      );
    }
    await works(connection, home, pid);
    writeFileSync(path.join(home.home, 'runtime', 'runtime.json'), random.bytes(100));
    const again = await home.connect();
    assert.equal(again.hello.pid, pid, 'the runtime writes its entry again');
  },
);

seeded(
  'random bytes in the rows of a journal never end the runtime, and other sessions are whole (S4, J4)',
  { name: 'journalNoise', fresh: 1 },
  async (t, random) => {
    const home = testHome(t);
    const first = await home.connect();
    const victims = await Promise.all([1, 2, 3, 4].map(() => first.openSession({ cwd: home.work })));
    const sound = await first.openSession({ cwd: home.work });
    for (const session of [...victims, sound]) await (await session.prompt('seq 1 50; echo sound')).ended;
    first.dispose();
    await endProcess(home.entry().pid, 'SIGTERM');
    spoil(
      path.join(home.home, 'journal.db'),
      victims.map(({ id }) => id),
      random,
    );

    const connection = await home.connect();
    const { pid } = home.entry();
    assert.ok((await connection.list()).sessions.some(({ sessionId }) => sessionId === sound.id));
    for (const { id } of victims) {
      // Each may fail, with words; none may hang or take the runtime down.
      for (const attach of [true, { tail: 5 }] as const) {
        await connection.openSession({ sessionId: id, attach }).then(
          (session) => session.leave(),
          () => undefined,
        );
      }
      await connection.request('session/history', { sessionId: id }).catch(() => undefined);
      await connection.get(id).catch(() => undefined);
    }
    const whole = await connection.openSession({ sessionId: sound.id, attach: true });
    const seen: string[] = [];
    for await (const { event, seq } of whole.events({ since: 0 })) {
      if (event.type === 'commandRun.output') seen.push(event.text);
      if (seq >= whole.head.seq) break;
    }
    assert.match(seen.join(''), /50\nsound\n$/u);
    await works(connection, home, pid);
  },
);

/** Puts noise into text columns of rows that belong to the given sessions, in every table that has one. */
function spoil(file: string, sessions: readonly string[], random: Random): void {
  using database = new DatabaseSync(file);
  const keys = sessions.map((id) =>
    Number(database.prepare('SELECT key FROM session WHERE id = ?').get(id)?.['key']),
  );
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    .all();
  for (const name of tables.map((table) => String(table['name']))) {
    const columns = database.prepare(`PRAGMA table_info("${name}")`).all() as {
      name: string;
      type: string;
    }[];
    const bodies = columns.filter((column) => ['body', 'json', 'item'].includes(column.name));
    if (!columns.some((column) => column.name === 'session')) continue;
    for (const column of bodies) {
      const rows = database.prepare(`SELECT rowid FROM "${name}" WHERE session IN (${keys.join()})`).all();
      for (const row of rows.filter(() => random() < 0.3)) {
        const noise =
          random() < 0.5 ? random.bytes(random.between(0, 80)) : (JSON.stringify(anyValue(random)) ?? '');
        const statement = database.prepare(`UPDATE "${name}" SET "${column.name}" = ? WHERE rowid = ?`);
        try {
          statement.run(noise, Number(row['rowid']));
        } catch {
          // The column takes only text.
          statement.run(String(noise), Number(row['rowid']));
        }
      }
    }
  }
}
