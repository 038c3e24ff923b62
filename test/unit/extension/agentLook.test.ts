import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  agentActions,
  agentDetail,
  agentIcon,
  agentProcessText,
  agentState,
  groupAgents,
  jobText,
  lastUsed,
  obviousAgent,
} from '../../../src/extension/agentLook.ts';
import { english } from '../../../src/extension/words.ts';
import type { AgentEntry } from '../../../src/protocol/methods/agentMethods.ts';
import { summary } from './summary.ts';

/** An agent of the registry that is installed, unless told otherwise. */
function agent(id: string, change: Partial<AgentEntry> = {}): AgentEntry {
  const state = { usable: true, updateAvailable: false, signIn: 'unknown' } as const;
  return {
    id,
    name: id,
    source: 'registry',
    version: '2.0.0',
    installedVersion: '2.0.0',
    ...state,
    ...change,
  };
}

const installable = (id: string): AgentEntry => agent(id, { usable: false, installedVersion: undefined });

test('agents are offered by when they were used, then what is here, what can be installed and what cannot (U5, A8)', () => {
  const used = lastUsed([
    summary('one', { agent: { id: 'ebb', name: 'Ebb' }, updatedAt: 5 }),
    summary('two', { agent: { id: 'flow', name: 'Flow' }, updatedAt: 9 }),
    summary('three', { agent: { id: 'ebb', name: 'Ebb' }, updatedAt: 3 }),
    summary('four', { agent: { id: 'gone', name: 'Gone' }, updatedAt: 7 }),
  ]);
  const agents = [
    agent('neap'),
    agent('ebb'),
    agent('flow'),
    installable('gone'),
    installable('bore'),
    agent('mac', { usable: false, version: undefined }),
  ];
  assert.deepEqual(
    groupAgents(agents, used).map(({ group, agents: members }) => [group, ...members.map(({ id }) => id)]),
    [
      ['recent', 'flow', 'ebb'],
      ['here', 'neap'],
      ['installable', 'gone', 'bore'],
      ['elsewhere', 'mac'],
    ],
  );
});

test('an agent’s icon and words say what is most worth knowing of it (A8)', () => {
  const look = (change: Partial<AgentEntry>): [string, string] => {
    const one = agent('ebb', change);
    return [agentIcon(one), agentState(one, english)];
  };
  const job = { doing: 'update', version: '2.1.0', step: 'installing' } as const;
  assert.deepEqual(look({}), ['sparkle', '2.0.0']);
  assert.deepEqual(look({ job, signIn: 'required' }), ['loading~spin', 'installing 2.1.0']);
  assert.deepEqual(look({ updateAvailable: true, version: '2.1.0' }), [
    'arrow-circle-up',
    '2.0.0 · update to 2.1.0 available',
  ]);
  assert.deepEqual(look({ signIn: 'required', lastError: 'Please sign in' }), [
    'key',
    '2.0.0 · needs sign-in',
  ]);
  assert.deepEqual(look({ lastError: 'It ended' }), ['warning', '2.0.0']);
  assert.deepEqual(look({ source: 'path', installedVersion: undefined, signIn: 'signedIn' }), [
    'sparkle',
    'signed in · on PATH',
  ]);
  assert.deepEqual(look({ usable: false, installedVersion: undefined }), ['cloud-download', '2.0.0']);
  assert.deepEqual(look({ usable: false, installedVersion: undefined, version: undefined }), [
    'circle-slash',
    'not for this platform',
  ]);
  assert.equal(agentDetail(agent('ebb', { lastError: 'It\n  ended' }), english), 'Last error: It ended');
  assert.equal(agentDetail(agent('ebb', { description: 'An agent' }), english), 'An agent');
});

test('a new session asks for the agent while others can be had, unless one is always wanted (U5)', () => {
  const shell = agent('shell', { source: 'builtin', version: undefined, installedVersion: undefined });
  const nowhere = { ...installable('nowhere'), version: undefined };
  assert.equal(obviousAgent([shell, nowhere], undefined), 'shell');
  assert.equal(obviousAgent([shell, installable('ebb')], undefined), undefined);
  assert.equal(obviousAgent([shell, agent('ebb')], undefined), undefined);
  assert.equal(obviousAgent([shell, agent('ebb'), installable('flow')], 'ebb'), 'ebb');
  assert.equal(obviousAgent([shell, installable('ebb')], 'shell'), 'shell');
  assert.equal(obviousAgent([shell, installable('ebb')], 'ebb'), undefined);
  assert.equal(obviousAgent([shell, agent('ebb')], 'gone'), undefined);
});

test('what can be done about an agent fits its state (A7, A8)', () => {
  const shell = agent('shell', { source: 'builtin', version: undefined, installedVersion: undefined });
  const job = { doing: 'install', version: '2.0.0', step: 'downloading' } as const;
  const idle = { running: false, isDefault: false };
  assert.deepEqual(agentActions(shell, idle), ['always']);
  assert.deepEqual(agentActions(shell, { ...idle, isDefault: true }), ['ask']);
  assert.deepEqual(agentActions(installable('ebb'), idle), ['install']);
  assert.deepEqual(agentActions({ ...installable('ebb'), job }, idle), ['cancel']);
  assert.deepEqual(agentActions(agent('ebb'), idle), ['signIn', 'always', 'remove', 'settings', 'log']);
  assert.deepEqual(
    agentActions(agent('ebb', { updateAvailable: true, signIn: 'signedIn' }), { ...idle, running: true }),
    ['update', 'signIn', 'signOut', 'restart', 'always', 'remove', 'settings', 'log'],
  );
  assert.deepEqual(agentActions(agent('ebb', { source: 'path', installedVersion: undefined }), idle), [
    'signIn',
    'always',
    'settings',
    'log',
  ]);
});

test('an install tells how far it is, and an agent what its processes weigh (A8, P7)', () => {
  const downloading = { doing: 'install', version: '2.0.0', step: 'downloading' } as const;
  const mebibyte = 1024 * 1024;
  assert.equal(
    jobText({ ...downloading, doneBytes: mebibyte, totalBytes: 4 * mebibyte }, english),
    'downloading 2.0.0: 1.0 of 4.0 MB',
  );
  assert.equal(jobText({ ...downloading, doneBytes: mebibyte }, english), 'downloading 2.0.0: 1.0 MB');
  assert.equal(jobText({ ...downloading, step: 'unpacking' }, english), 'unpacking 2.0.0');
  assert.equal(agentProcessText([], english), '');
  assert.equal(
    agentProcessText([{ pid: 7, rssBytes: 20 * mebibyte, sessions: [] }], english),
    '0 sessions · process 7 · 20 MB',
  );
});
