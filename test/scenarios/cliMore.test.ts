import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fakeAgent, testHome } from '../support/testHome.ts';
import { holdfast, jsonLines } from '../support/terminalProgram.ts';

const token = 'a token of sixteen bytes or more';

function setup(t: TestContext) {
  const home = testHome(t);
  const run = (...args: string[]) => holdfast(args, { home: home.home, cwd: home.work });
  const write = (name: string, value: unknown): string => {
    const file = path.join(home.home, name);
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    return file;
  };
  return { ...home, run, write };
}

test('fork prints the id of a new session that has the same agent and directory, and a transcript of its own', async (t) => {
  const { run, work } = setup(t);
  const id = (await run('new', '--title', 'First')).stdout.trim();
  assert.equal((await run('prompt', id, 'echo the first', '--wait')).code, 0);
  const forked = await run('fork', id.slice(0, 8), '--title', 'Second');
  assert.equal(forked.code, 0, forked.stderr);
  const rows = new Map(jsonLines((await run('ls', '--json')).stdout).map((row) => [row['id'], row]));
  const made = rows.get(forked.stdout.trim());
  assert.deepEqual(
    [made?.['title'], made?.['agent'], made?.['cwd'], made?.['turnCount']],
    ['Second', 'shell', work, 0],
  );
  assert.deepEqual(jsonLines((await run('fork', id, '--json')).stdout)[0]?.['from'], id);
  const nothing = await run('fork', 'nosuch');
  assert.deepEqual([nothing.code, /nosuch/u.test(nothing.stderr)], [2, true]);
});

test('an answer saves the rule that show says word for word, and the same request is settled by it from then on (W5)', async (t) => {
  const { run, write, connect } = setup(t);
  await connect();
  write('agents.json', { agents: { scripted: fakeAgent('scripted') } });
  const id = (await run('new', '--agent', 'scripted')).stdout.trim();
  assert.equal((await run('prompt', id, 'may execute npm test', '--wait')).code, 4);
  const shown = (await run('show', id)).stdout;
  const [, interaction] = /holdfast answer \S+ (\S+) OPTION/u.exec(shown) ?? [];
  const [, option, words] = /^\s*(\S+) --rule workspace {2}(Allow .*)$/mu.exec(shown) ?? [];
  assert.ok(interaction !== undefined && option !== undefined && words !== undefined, shown);

  for (const [wrong, says] of [
    [['--rule', 'forever'], /session, workspace, always/u],
    [['--rule', 'session', '--always'], /exclude/u],
  ] as const) {
    const refused = await run('answer', id, interaction, option, ...wrong);
    assert.deepEqual([refused.code, says.test(refused.stderr)], [2, true], refused.stderr);
  }
  const noRule = await run('answer', id, interaction, 'dismiss', '--always');
  assert.deepEqual([noRule.code, noRule.stderr.includes(words)], [2, true], noRule.stderr);
  const saved = await run('answer', id, interaction, option, '--rule', 'workspace');
  assert.deepEqual([saved.code, saved.stderr.includes(words)], [0, true], saved.stderr);
  assert.ok((await run('rules')).stdout.includes(words));
  assert.equal((await run('prompt', id, 'may execute npm test', '--wait')).code, 0, 'nobody is asked again');
});

test('agents ls and doctor say which program is not there, and what is wrong in agents.json and remotes.json in plain words', async (t) => {
  const { run, write, home, connect } = setup(t);
  await connect();
  const agents = {
    gone: { command: 'no-such-agent-anywhere', args: ['--acp'] },
    lost: { command: path.join(home, 'bin', 'lost') },
    there: fakeAgent('scripted'),
    odd: { command: 'node', args: '--acp' },
  };
  const file = write('agents.json', { agents });
  write('remotes.json', { remotes: { box: {} } });
  const listed = await run('agents', 'ls', '--json');
  const missing = new Map(jsonLines(listed.stdout).map((row) => [row['id'], row['missing']]));
  assert.match(String(missing.get('gone')), /no-such-agent-anywhere.*PATH/u);
  assert.match(String(missing.get('lost')), /bin.lost/u);
  assert.equal(missing.get('there'), undefined);
  assert.match(listed.stderr, /odd .*args must be a list, not a text/u);
  const table = await run('agents', 'ls');
  assert.match(table.stdout, /gone .*program not found/u);
  assert.match(table.stderr, /gone: there is no program/u);

  const examined = await run('doctor');
  assert.match(examined.stdout, /agents +gone: there is no program “no-such-agent-anywhere”/u);
  const [, known = ''] = /agents +(shell.*)/u.exec(examined.stdout) ?? [];
  assert.match(known, /\bthere\b/u);
  assert.doesNotMatch(known, /\b(gone|lost|odd)\b/u, 'what is not there is not listed as there');
  assert.ok(examined.stdout.includes(file), examined.stdout);
  assert.match(examined.stdout, /remotes +box: .*remotes\.json: url is missing/u);
  write('remotes.json', '{');
  assert.match((await run('doctor')).stdout, /remotes +remotes\.json: .*is not JSON/u);
});

test('prune says in whole sentences what it would do, what it did, and that there was nothing', async (t) => {
  const { run } = setup(t);
  assert.match((await run('prune', '--older-than', '1d')).stderr, /^Nothing to delete: /u);
  await run('new');
  const dry = await run('prune', '--older-than', '0h');
  assert.match(dry.stderr, /^1 session with 0\.\d MB would be deleted, .*--yes/u);
  assert.match((await run('prune', '--older-than', '0h', '--yes')).stderr, /^1 session .* was deleted\.$/mu);
});

test('a file that is no export is refused in one sentence, however long it is (J7)', async (t) => {
  const { run, write } = setup(t);
  const file = write('../notes.md', `# Notes\n${'- one thing after another\n'.repeat(5_000)}`);
  const { code, stderr } = await run('import', file);
  assert.equal(code, 2);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  assert.match(stderr, /notes\.md is no exported session.*NDJSON/u);
});

test('remotes adds a host with its token in a file of its own, says whether it is there, and removes it again', async (t) => {
  const { run, home, connect, work } = setup(t);
  const far = testHome(t);
  const { url } = await (await far.connect()).request('runtime/listen', { token });
  await connect();
  const env = { HOLDFAST_TOKEN: token };
  const added = await holdfast(['remotes', 'add', 'box', url], { home, cwd: work, env });
  assert.equal(added.code, 0, added.stderr);
  const file = path.join(home, 'remotes.json');
  assert.doesNotMatch(readFileSync(file, 'utf8'), /a token of/u);
  const kept = path.join(home, 'remote-tokens', 'box.token');
  if (process.platform !== 'win32') assert.equal(statSync(kept).mode & 0o077, 0);
  const listed = await run('remotes', '--json');
  assert.equal(listed.code, 0, listed.stderr);
  assert.deepEqual(jsonLines(listed.stdout), [{ name: 'box', url, state: 'ok', text: 'reachable' }]);
  assert.equal((await run('new', '--remote', 'box', '--cwd', far.work)).code, 0);

  for (const [args, says] of [
    [['add', 'web', 'https://box.example', '--token-file', kept], /wss:/u],
    [['add', '../box', url, '--token-file', kept], /letters/u],
    [['add', 'other', url], /token is missing/u],
    [['rm', 'other'], /no remote "other"; there are box/u],
  ] as const) {
    const refused = await run('remotes', ...args);
    assert.deepEqual([refused.code, says.test(refused.stderr)], [2, true], refused.stderr);
  }
  assert.equal((await run('remotes', 'rm', 'box')).code, 0);
  assert.deepEqual([existsSync(kept), (await run('remotes', '--json')).stdout], [false, '']);
});

test('a remote that is defined anew leaves no token of before, and whatever else stands in the file stays', async (t) => {
  const { home, write, work } = setup(t);
  mkdirSync(home);
  const file = write('remotes.json', { note: 'ours', remotes: { old: { broken: true } } });
  const kept = path.join(home, 'remote-tokens', 'box.token');
  const tokenFile = path.join(work, 'token');
  writeFileSync(tokenFile, token);
  const add = (...args: string[]) =>
    holdfast(['remotes', 'add', 'box', 'wss://box.example', ...args], {
      ...{ home, cwd: work, env: { HOLDFAST_TOKEN: token } },
    });
  assert.equal((await add()).code, 0);
  assert.equal((await add('--token-file', kept)).code, 0);
  assert.ok(existsSync(kept), 'the one that it names stays');
  assert.equal((await add('--token-file', tokenFile)).code, 0);
  const box = { url: 'wss://box.example', tokenFile };
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
    note: 'ours',
    remotes: { old: { broken: true }, box },
  });
  assert.ok(!existsSync(kept));
});
