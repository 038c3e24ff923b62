import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { AgentLogs } from '../../../src/runtime/agentLogs.ts';
import { KnownSecrets } from '../../../src/runtime/knownSecrets.ts';
import { SessionSecrets } from '../../../src/runtime/sessionSecrets.ts';
import { directory } from './agent/harness.ts';

const KEY = 'key-4f9c2e71-nobody-may-see';
const at = Date.parse('2026-01-02T03:04:05.678Z');
const stamp = '2026-01-02T03:04:05.678Z';

function logs(t: TestContext, now = () => at) {
  const folder = path.join(directory(t), 'agents');
  const secrets = new KnownSecrets();
  secrets.of(() => [
    new SessionSecrets(
      () => ({ env: { API_KEY: KEY } }),
      () => [],
    ),
  ]);
  return { folder, logs: new AgentLogs(folder, secrets, now) };
}

test('what an agent writes to stderr is kept line by line with its time, whatever pieces it comes in (A8)', (t) => {
  const { logs: kept, folder } = logs(t);
  assert.equal(kept.read('claude', 1000).text, '');
  const [one, two] = [kept.sink('claude'), kept.sink('claude')];
  one.push('first ');
  two.push('of another process\r\n');
  one.push('line\nsecond');
  one.push(' line\n\nlast');
  one.end();
  const lines = ['of another process', 'first line', 'second line', '', 'last'];
  const { text, path: file } = kept.read('claude', 1000);
  assert.equal(text, lines.map((line) => `${stamp} ${line}\n`).join(''));
  assert.equal(file, path.join(folder, 'claude.log'));
  assert.equal(
    kept.read('claude', 40).text,
    `${stamp} last\n`,
    'the last of it, from the beginning of a line',
  );
});

test('no secret of a session gets into an agent’s log, nor a part of one where a long line is cut (C5)', (t) => {
  const { logs: kept } = logs(t);
  const sink = kept.sink('claude');
  sink.push(`using ${KEY.slice(0, 9)}`);
  sink.push(`${KEY.slice(9)}\n`);
  const most = 16 * 1024;
  sink.push(`${'x'.repeat(most - 20)}${KEY}`);
  sink.push(`${'y'.repeat(most + 1)} the rest\n`);
  sink.push(`${'z'.repeat(most - 20)}${KEY} in one piece\nand on`);
  sink.end();
  const { text } = kept.read('claude', 100_000);
  const lines = text.split('\n').map((line) => line.slice(stamp.length + 1).replaceAll(/[xyz]{2,}/gu, '~'));
  assert.deepEqual(lines, ['using [redacted]', '~[redacted] …', '~[redacted] …', 'and on', '']);
});

test('an agent’s log is bounded, and its name leads nowhere (A8, S1)', (t) => {
  const { logs: kept, folder } = logs(t);
  const sink = kept.sink('../évil*');
  for (let written = 0; written < 500; written++) sink.push(`${written} ${'x'.repeat(10_000)}\n`);
  sink.push('\n'.repeat(100_000));
  sink.push('498 nearly\n499 ' + 'x'.repeat(10_000) + '\n');
  const names = readdirSync(folder);
  assert.deepEqual(names, ['%2e%2e%2f%e9vil%2a.log', '%2e%2e%2f%e9vil%2a.log.1']);
  for (const name of names) assert.ok(statSync(path.join(folder, name)).size <= 1024 * 1024);
  const { text } = kept.read('../évil*', 1024 * 1024);
  assert.match(text, / 499 x+\n$/u);
  assert.ok(text.length > 900_000, 'both generations are read');
});

test('lines that come in one piece are looked through and written in one go, so that a flood of them delays nobody (A8, law 7)', (t) => {
  let looks = 0;
  const { logs: kept } = logs(t, () => {
    looks++;
    return at;
  });
  const sink = kept.sink('claude');
  sink.push(`first\n${'x\n'.repeat(10_000)}using ${KEY}\nnot over`);
  assert.equal(looks, 1);
  const lines = kept.read('claude', 100_000).text.trimEnd().split('\n');
  assert.deepEqual(lines.slice(-2), [`${stamp} x`, `${stamp} using [redacted]`]);
  assert.ok(lines.every((line) => line.startsWith(`${stamp} `)));
});
