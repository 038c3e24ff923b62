import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretNamesIn } from '../../../src/runtime/secretNames.ts';
import { secretsOf } from '../../../src/runtime/secrets.ts';

const of = (env: Record<string, string>, secrets?: string[]): string[] => [
  ...secretsOf({ env, secrets }, ['/work/holdfast']),
];

test('a value whose name says so is a secret, also a short one (C5)', () => {
  assert.deepEqual(of({ API_KEY: 'abcd', GITHUB_TOKEN: 'ghp_1', db_password: '1234', MY_PWD: 'p4ss' }), [
    'abcd',
    'ghp_1',
    '1234',
    'p4ss',
  ]);
});

test('what only looks plain, or names a place, is none (C5)', () => {
  const plain = {
    PATH: '/usr/local/bin:/usr/bin',
    SSH_AUTH_SOCK: '/tmp/agent.sock',
    TOKEN_URL: 'https://example.com/token',
    AUTH_ENABLED: 'true',
    WIDTH_IN_PIXELS: '1234567890',
    LC_ALL: 'en_US.UTF-8',
    NODE_OPTIONS: '--max-old-space-size=4096',
    GIT_AUTHOR_NAME: 'Jane Doe',
    AWS_REGION: 'eu-central-1',
    PROJECT: 'holdfast',
    SHORT: 'abc1234',
  };
  assert.deepEqual(of(plain), []);
});

test('any other value that the session was given is one, from eight characters on (C5)', () => {
  assert.deepEqual(of({ SOMETHING: 'x9-pq-77' }), ['x9-pq-77']);
  assert.deepEqual(
    [...secretsOf({ agent: { env: { SOMETHING: 'x9-pq-77', SOME_KEY: 'k-123' } } })],
    ['k-123'],
  );
});

test('a value given as secret is one whatever it looks like (C5)', () => {
  assert.deepEqual(of({ WHERE: '/home/me/hidden' }, ['WHERE']), ['/home/me/hidden']);
});

test('passwords in addresses, tokens in headers, flags of MCP servers and lines of a key count by themselves (C5)', () => {
  const key = '-----BEGIN KEY-----\nAAAABBBBCCCCDDDD1\nEEEEFFFFGGGGHHHH2\n-----END KEY-----\n';
  const basic = Buffer.from('me:open sesame').toString('base64');
  const found = secretsOf({
    env: {
      DATABASE: 'postgres://me:p%40ss@host/db',
      CALLBACK: 'https://x.org/?api_key=kk-11&page=2',
      SSH_KEY: key,
    },
    mcpServers: {
      one: {
        type: 'http',
        url: 'https://u:pw-in-url@x.org',
        headers: { Authorization: 'Bearer tok-1', Other: `Basic ${basic}` },
      },
      two: {
        command: 'x',
        args: ['--token=flag-1', '--secret', 'flag-2', '--verbose'],
        env: { LEVEL_OF: 'warning' },
      },
    },
  });
  for (const secret of [
    ...['p%40ss', 'p@ss', 'kk-11', 'AAAABBBBCCCCDDDD1', 'EEEEFFFFGGGGHHHH2', key],
    ...['pw-in-url', 'tok-1', 'Bearer tok-1', 'open sesame', 'flag-1', 'flag-2'],
  ])
    assert.ok(found.has(secret), secret);
  assert.ok(!found.has('warning') && !found.has('me') && !found.has('2'));
});

test('keys among an agent’s arguments are secrets, whichever way they are given (C5)', () => {
  const args = ['run', '--api-key', 'k-1111', '--token=k-2222', 'MY_SECRET=k-3333', '-H', 'X-Token: k-4444'];
  const record = { args: [...args, '--model', 'large-one', '--verbose'] };
  assert.deepEqual([...secretsOf({ agent: { env: {}, record } })], ['k-1111', 'k-2222', 'k-3333', 'k-4444']);
  assert.deepEqual(secretNamesIn({ text: 'is k-2222' }, { agent: { env: {}, record } }, []), [
    'the agent’s arguments',
  ]);
});
