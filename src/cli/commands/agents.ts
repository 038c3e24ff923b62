import type { Command } from '../command.ts';
import { runVerb, type Verbs } from '../verbs.ts';
import { install, remove, update } from './agents/installing.ts';
import { list } from './agents/list.ts';
import { logs } from './agents/logs.ts';
import { sessions } from './agents/sessions.ts';
import { login, logout } from './agents/signIn.ts';

const verbs: Verbs = {
  ls: { words: 1, run: list },
  install: { words: 2, run: install },
  update: { words: 2, run: update },
  rm: { words: 2, run: remove },
  sessions: { words: 2, run: sessions },
  logs: { words: 2, run: logs },
  login: { words: 3, run: login },
  logout: { words: 2, run: logout },
};

/** `holdfast agents`: which agents there are, getting them and keeping them. */
export const agents: Command = {
  name: 'agents',
  usage: `[${Object.keys(verbs).join(' | ')}] [AGENT] [METHOD]`,
  summary: 'list, install, update and remove agents, and sign in to them',
  details: [
    'ls (the default) lists the agents that a session can be made with; --all also those that can be installed, --refresh asks',
    'the registry first. install and update bring an exact version into a private folder; Ctrl-C gives them up and leaves',
    'nothing. update without AGENT brings all that are installed up to date. login shows the ways there are, or takes METHOD;',
    'values that it needs are taken from the environment of the same names, or asked for. sessions lists the conversations that',
    'AGENT itself knows; "holdfast new --agent AGENT --from ID" makes a session of one. logs prints what AGENT wrote to its',
    'standard error of late.',
  ].join('\n'),
  options: {
    json: { type: 'boolean', describe: 'one JSON object a line' },
    all: { type: 'boolean', describe: 'with ls: also agents that can be installed' },
    refresh: { type: 'boolean', describe: 'with ls: ask the registry first' },
    cwd: { type: 'string', describe: 'with sessions: only those of this directory' },
    version: { type: 'string', describe: 'with install: this version instead of the registry’s' },
  },
  run: (invocation) => runVerb(verbs, invocation),
};
