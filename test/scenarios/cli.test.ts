import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { otherBuild } from '../support/otherBuild.ts';
import { fakeAgent, gone, testHome } from '../support/testHome.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `holdfast` as a person would, without a terminal. `onOutput` sees stdout as it comes. */
function holdfast(
  home: string,
  cwd: string,
  args: readonly string[],
  onOutput?: (stdout: string, interrupt: () => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { ...process.env, HOLDFAST_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput?.(stdout, () => {
      if (!interrupted) child.kill('SIGINT');
      interrupted = true;
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('run gives the command’s output and an exit code: 0 completed, 1 failed', async (t) => {
  const { home, work } = testHome(t);
  const good = await holdfast(home, work, ['run', 'pwd']);
  assert.deepEqual([good.code, good.stdout.trim()], [0, realpathSync(work)]);
  const bad = await holdfast(home, work, ['run', 'echo printed; exit 7']);
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /printed/u);
  assert.match(bad.stderr, /7/u);
});

test('run --json prints one envelope a line, from session.started to the end', async (t) => {
  const { home, work } = testHome(t);
  const { code, stdout } = await holdfast(home, work, ['run', '--json', 'echo hello']);
  assert.equal(code, 0);
  const envelopes = lines(stdout);
  assert.deepEqual(
    envelopes.map(({ seq }) => seq),
    envelopes.map((_, index) => index + 1),
  );
  const types = envelopes.map(({ event }) => (event as { type: string }).type);
  assert.equal(types[0], 'session.started');
  assert.ok(types.includes('turn.ended'));
});

test('a session made by new is prompted, listed, shown and ended, named by the beginning of its id', async (t) => {
  const { home, work } = testHome(t);
  const made = await holdfast(home, work, ['new']);
  const id = made.stdout.trim();
  assert.match(id, /^[0-9a-f-]{36}$/u, 'new prints the id and nothing else');
  const short = id.slice(0, 8);
  const prompt = await holdfast(home, work, ['prompt', short, 'echo from the terminal', '--wait']);
  assert.equal(prompt.code, 0, prompt.stderr);
  const [row] = lines((await holdfast(home, work, ['ls', '--json'])).stdout);
  assert.ok(row);
  for (const field of ['id', 'title', 'agent', 'cwd', 'phase', 'attention', 'createdAt', 'updatedAt'])
    assert.ok(field in row, field);
  assert.deepEqual([row['id'], row['agent'], row['phase']], [id, 'shell', 'idle']);
  assert.match((await holdfast(home, work, ['show', short])).stdout, /from the terminal/u);
  const replay = await holdfast(home, work, ['attach', short, '--no-follow', '--json']);
  assert.deepEqual(lines(replay.stdout)[0]?.['seq'], 1);
  assert.equal((await holdfast(home, work, ['end', short])).code, 0);
  assert.equal(lines((await holdfast(home, work, ['ls', '--json'])).stdout)[0]?.['phase'], 'ended');
});

test('a command runs in the session, and its exit code decides', async (t) => {
  const { home, work } = testHome(t);
  const id = (await holdfast(home, work, ['new'])).stdout.trim();
  const { code, stderr } = await holdfast(home, work, ['command', id, '--wait', '--', 'sh', '-c', 'exit 3']);
  assert.equal(code, 1, stderr);
});

test('Ctrl-C in run cancels the turn and exits with 3; in attach it leaves the turn alone', async (t) => {
  const { home, work } = testHome(t);
  const cancelled = await holdfast(home, work, ['run', 'echo begun; sleep 1000'], (stdout, interrupt) => {
    if (stdout.includes('begun')) interrupt();
  });
  assert.equal(cancelled.code, 3, cancelled.stderr);
  const id = (await holdfast(home, work, ['new'])).stdout.trim();
  await holdfast(home, work, ['prompt', id, 'echo going; sleep 1000']);
  const attached = await holdfast(home, work, ['attach', id], (stdout, interrupt) => {
    if (stdout.includes('going')) interrupt();
  });
  assert.equal(attached.code, 0, attached.stderr);
  assert.equal(
    lines((await holdfast(home, work, ['ls', '--json'])).stdout).find((row) => row['id'] === id)?.['phase'],
    'running',
  );
  assert.equal((await holdfast(home, work, ['cancel', id])).code, 0);
});

test('a question nobody can answer ends run with 4 and says how to answer; answer goes on with it', async (t) => {
  const { home, work, connect } = testHome(t);
  (await connect()).dispose();
  writeFileSync(
    path.join(home, 'agents.json'),
    JSON.stringify({ agents: { scripted: fakeAgent('scripted') } }),
  );
  const waiting = await holdfast(home, work, ['run', '--agent', 'scripted', 'permission']);
  assert.equal(waiting.code, 4, waiting.stderr);
  const hint = /holdfast answer (\S+) (\S+)/u.exec(waiting.stderr);
  assert.ok(hint?.[1] !== undefined && hint[2] !== undefined, waiting.stderr);
  const answered = await holdfast(home, work, ['answer', hint[1], hint[2], 'once']);
  assert.equal(answered.code, 0, answered.stderr);
});

test('runtime status is one object with --json; where none runs it says so and starts none', async (t) => {
  const { home, work } = testHome(t);
  const none = await holdfast(home, work, ['runtime', 'status']);
  assert.notEqual(none.code, 0);
  assert.match(none.stdout + none.stderr, /no runtime/iu);
  await holdfast(home, work, ['new']);
  const [status] = lines((await holdfast(home, work, ['runtime', 'status', '--json'])).stdout);
  assert.ok(status);
  for (const field of ['pid', 'buildId', 'protocol', 'uptimeMs', 'socket', 'processes', 'sessions'])
    assert.ok(field in status, field);
  assert.deepEqual((status['sessions'] as { total: number }).total, 1);
  assert.equal((await holdfast(home, work, ['runtime', 'stop'])).code, 0);
  assert.notEqual((await holdfast(home, work, ['runtime', 'status'])).code, 0);
});

test('runtime status shows each agent process with its sessions, and runtime stop-process ends one (P2, P7)', async (t) => {
  const { home, work, connect } = testHome(t);
  const scripted = fakeAgent('scripted', { FAKE_CAPS: '{"sessionCapabilities":{"resume":{}}}' });
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'agents.json'), JSON.stringify({ agents: { scripted } }));
  const made = await holdfast(home, work, ['new', '--agent', 'scripted', '--title', 'Sweep the floor']);
  const id = made.stdout.trim();
  const prompt = await holdfast(home, work, ['prompt', id, 'pid', '--wait']);
  const pid = Number(/\d+/u.exec(prompt.stdout)?.[0]);
  const shown = await holdfast(home, work, ['runtime', 'status']);
  assert.match(
    shown.stdout,
    new RegExp(`^agent {6}scripted: process ${pid}, for \\d+ s, \\d+ MB, 1 session$`, 'mu'),
  );
  assert.match(shown.stdout, new RegExp(`^ +${id.slice(0, 8)}  Sweep the floor$`, 'mu'));
  for (const [args, code, words] of [
    [['stop-process'], 2, /PROCESS is missing/u],
    [['stop-process', 'x'], 2, /no agent process has the pid or the id "x"/u],
  ] as const) {
    const refused = await holdfast(home, work, ['runtime', ...args]);
    assert.equal(refused.code, code, refused.stderr);
    assert.match(refused.stderr, words);
  }
  await holdfast(home, work, ['prompt', id, 'hang']);
  const busy = await holdfast(home, work, ['runtime', 'stop-process', String(pid)]);
  assert.equal(busy.code, 1);
  assert.match(busy.stderr, /Sweep the floor[^]*--force/u);
  const stopped = await holdfast(home, work, ['runtime', 'stop-process', String(pid), '--force', '--json']);
  assert.equal(stopped.code, 0, stopped.stderr);
  assert.deepEqual([lines(stopped.stdout)[0]?.['pid'], lines(stopped.stdout)[0]?.['sessions']], [pid, [id]]);
  await gone(pid);
  const connection = await connect();
  const { processes } = await connection.request('runtime/status', {});
  assert.deepEqual(processes, []);
  assert.equal((await holdfast(home, work, ['prompt', id, 'say on', '--wait'])).code, 0);
});

test('a session is given MCP servers from a file, wrapped or bare; a file that is wrong is named with its fault (P1)', async (t) => {
  const { home, work } = testHome(t);
  mkdirSync(home, { recursive: true });
  const scripted = fakeAgent('scripted');
  writeFileSync(path.join(home, 'agents.json'), JSON.stringify({ agents: { scripted } }));
  const servers = { files: { command: 'files', args: ['--root', '.'] } };
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(work, name), text);
    return name;
  };
  for (const given of [{ mcpServers: servers }, servers]) {
    const mcp = file('mcp.json', JSON.stringify(given));
    const ran = await holdfast(home, work, ['run', '--agent', 'scripted', '--mcp', mcp, 'mcp']);
    assert.deepEqual(JSON.parse(ran.stdout), [
      { name: 'files', command: 'files', args: ['--root', '.'], env: [] },
    ]);
  }
  for (const [mcp, words] of [
    ['gone.json', /--mcp gone\.json cannot be read/u],
    [file('broken.json', '{'), /--mcp broken\.json is not JSON/u],
    [file('odd.json', '{"mcpServers":{"files":{"args":[]}}}'), /--mcp odd\.json: .*files/u],
  ] as const) {
    const refused = await holdfast(home, work, ['new', '--mcp', mcp]);
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, words);
  }
});

test('agents sessions lists what an agent knows, and new --from makes a session of one (A2)', async (t) => {
  const { home, work } = testHome(t);
  mkdirSync(home, { recursive: true });
  const earlier = { cwd: work, title: 'The tide', past: [['When is high tide?', 'At noon.']] };
  const knowing = fakeAgent('scripted', {
    FAKE_CAPS: '{"loadSession":true,"sessionCapabilities":{"list":{}}}',
    FAKE_PAST: JSON.stringify({ earlier, later: { ...earlier, title: 'Other' } }),
  });
  writeFileSync(path.join(home, 'agents.json'), JSON.stringify({ agents: { knowing } }));
  const listed = await holdfast(home, work, ['agents', 'sessions', 'knowing', '--json']);
  assert.deepEqual(
    lines(listed.stdout).map(({ agentSessionId, title }) => [agentSessionId, title]),
    [
      ['earlier', 'The tide'],
      ['later', 'Other'],
    ],
  );
  const table = await holdfast(home, work, ['agents', 'sessions', 'knowing', '--cwd', work]);
  assert.match(table.stdout, /^earlier +2026-01-02 03:04 +The tide/mu);
  const made = await holdfast(home, work, ['new', '--agent', 'knowing', '--from', 'earlier']);
  await holdfast(home, work, ['prompt', made.stdout.trim(), 'say and now', '--wait']);
  const replay = await holdfast(home, work, ['attach', made.stdout.trim(), '--no-follow']);
  assert.match(replay.stdout, /When is high tide\?[^]*At noon\.[^]*and now/u);
  const refused = await holdfast(home, work, ['agents', 'sessions', 'shell']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Shell keeps no conversations of its own/u);
});

test('a runtime of another protocol is named, and runtime stop --force ends it (U8)', async (t) => {
  const place = testHome(t);
  const { home, work, connect, entry } = place;
  const bundle = otherBuild(place, 'foreign', { min: 90, max: 99 });
  const { stdout } = await new Promise<{ stdout: string }>((resolve) => {
    const child = spawn(process.execPath, [bundle, '--home', home], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', (text: Buffer) => resolve({ stdout: text.toString() }));
  });
  assert.match(stdout, /"ready"/u);
  const { pid } = entry();
  const refused = await holdfast(home, work, ['ls']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /90 to 99/u);
  assert.equal((await holdfast(home, work, ['runtime', 'stop'])).code, 1);
  assert.equal((await holdfast(home, work, ['runtime', 'stop', '--force'])).code, 0);
  await gone(pid);
  assert.equal((await connect()).hello.protocol, 1);
});

test('words are found in what was said and printed, and a session is deleted for good (J6, J7)', async (t) => {
  const { home, work } = testHome(t);
  const id = (await holdfast(home, work, ['new'])).stdout.trim();
  await holdfast(home, work, ['prompt', id, 'echo the spring tide is remarkable', '--wait']);
  const found = lines((await holdfast(home, work, ['search', 'remark', '--json'])).stdout);
  assert.ok(
    found.some((hit) => hit['sessionId'] === id),
    JSON.stringify(found),
  );
  const dry = await holdfast(home, work, ['prune', '--older-than', '0h', '--json']);
  assert.deepEqual([lines(dry.stdout)[0]?.['dryRun'], lines(dry.stdout)[0]?.['deleted']], [true, 0]);
  assert.equal((await holdfast(home, work, ['prune', '--older-than', 'long'])).code, 2);
  assert.equal((await holdfast(home, work, ['rm', id.slice(0, 8)])).code, 0);
  assert.deepEqual(lines((await holdfast(home, work, ['ls', '--all', '--json'])).stdout), []);
  assert.deepEqual(lines((await holdfast(home, work, ['search', 'remark', '--json'])).stdout), []);
});

test('bad input is one clear line naming the thing, the right exit code, and no stack trace', async (t) => {
  const { home, work } = testHome(t);
  await holdfast(home, work, ['new']);
  for (const [args, code, words] of [
    [[], 2, /usage/iu],
    [['dance'], 2, /dance/u],
    [['run'], 2, /prompt/iu],
    [['run', '--nonsense', 'x'], 2, /nonsense/u],
    [['run', '--agent', 'nobody', 'x'], 1, /nobody/u],
    [['run', '--cwd', '/no/such/place', 'x'], 1, /\/no\/such\/place/u],
    [['prompt', 'ffffffff', 'x'], 2, /ffffffff/u],
    [['end', 'zz'], 2, /zz/u],
  ] as const) {
    const ended = await holdfast(home, work, args);
    assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stderr}`);
    assert.match(ended.stderr, words);
    assert.doesNotMatch(ended.stderr, /\n\s+at /u, 'no stack trace');
  }
});

test('run --artifacts keeps what the prompt produced; artifacts lists it and gets it when the session has ended (C4)', async (t) => {
  const { home, work } = testHome(t);
  const ran = await holdfast(home, work, [
    'run',
    '--json',
    '--artifacts',
    'out',
    'mkdir out; printf abc > out/a.bin',
  ]);
  assert.equal(ran.code, 0, ran.stderr);
  const session = String(lines(ran.stdout)[0]?.['sessionId']);
  const listed = lines((await holdfast(home, work, ['artifacts', session, '--json'])).stdout);
  assert.deepEqual(
    listed.map(({ directory, path: name, bytes }) => [directory, name, bytes]),
    [['out', 'a.bin', 3]],
  );
  assert.equal((await holdfast(home, work, ['artifacts', session, 'get', 'a.bin'])).stdout, 'abc');
  const missing = await holdfast(home, work, ['artifacts', session, 'get', 'b.bin']);
  assert.deepEqual([missing.code, missing.stdout], [1, '']);
  assert.match(missing.stderr, /there is no artifact b\.bin/u);
});

test('run --schema prints the answer alone, as JSON that fits; one that does not is an error with what was said (C6)', async (t) => {
  const { home, work } = testHome(t);
  const file = path.join(work, 'schema.json');
  writeFileSync(file, JSON.stringify({ type: 'object', required: ['a'] }));
  const right = await holdfast(home, work, ['run', '--schema', file, `echo '{ "a": 1 }'`]);
  assert.deepEqual([right.code, right.stdout], [0, '{"a":1}\n'], right.stderr);
  const wrong = await holdfast(home, work, ['run', '--schema', file, 'echo {}']);
  assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
  assert.match(wrong.stderr, /required property 'a'[^]*it said: \{\}/u);
  assert.equal((await holdfast(home, work, ['run', '--schema', 'nowhere.json', 'true'])).code, 2);
});
