import * as vscode from 'vscode';
import { isHoldfastError } from '../protocol/errors.ts';
import type { SignInMethod } from '../protocol/signIn.ts';
import { runInTerminal } from './agentTerminal.ts';
import { askValue } from './askValue.ts';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import type { SignInValues } from './signInValues.ts';
import type { WindowConnection } from './windowConnection.ts';
import { withProgress } from './withProgress.ts';

/** What signing in works with. */
export interface SignInParts {
  readonly connection: WindowConnection;
  readonly values: SignInValues;
}

/** An agent by its id, with what it is called. */
export interface NamedAgent {
  readonly id: string;
  readonly name: string;
}

/**
 * Signs in to an agent (A7): by the way that is named, the only one, or the one that the person picks. A way that fails is
 * told of and can be tried again. Whether it was done; rejects when the agent cannot be started.
 */
export async function signInToAgent(
  parts: SignInParts,
  agent: NamedAgent,
  methodId?: string,
): Promise<boolean> {
  const { t } = vscode.l10n;
  const name = plainText(agent.name);
  const ask = { location: vscode.ProgressLocation.Window, title: t('Asking {0} how to sign in', name) };
  const { methods } = await vscode.window.withProgress(ask, () =>
    parts.connection.request('agent/authenticate', { agent: agent.id }),
  );
  if (methods.length === 0) {
    void vscode.window.showInformationMessage(t('{0} asks for no sign-in.', name));
    return true;
  }
  let method = methods.find((each) => each.methodId === methodId);
  for (;;) {
    method ??= await pickMethod(agent, methods);
    if (method === undefined) return false;
    try {
      if (!(await perform(parts, agent, method))) return false;
      void vscode.window.setStatusBarMessage(t('$(check) Signed in to {0}', name), 5_000);
      return true;
    } catch (error) {
      if (!isHoldfastError(error, 'signInFailed')) throw error;
      const again = t('Try Again');
      const words = t('Holdfast: {0}', plainText(saidError(error, t)));
      if ((await vscode.window.showErrorMessage(words, again)) !== again) return false;
      method = undefined;
    }
  }
}

/** Signs out of an agent and forgets what was kept for it. Rejects with `unsupported` where the agent has no way. */
export async function signOutOfAgent(
  { connection, values }: SignInParts,
  { id, name }: NamedAgent,
): Promise<void> {
  // First what is kept: it would sign in again.
  await values.forget(id);
  await connection.request('agent/logout', { agent: id });
  void vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Signed out of {0}', plainText(name)), 5_000);
}

async function pickMethod(
  { name }: NamedAgent,
  methods: readonly SignInMethod[],
): Promise<SignInMethod | undefined> {
  const [only, ...others] = methods;
  if (others.length === 0) return only;
  const items = methods.map((method) => ({
    method,
    label: `$(${icons[method.kind]}) ${plainText(method.name)}`,
    detail: plainText(method.description ?? ''),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sign in to {0}', plainText(name)),
    placeHolder: vscode.l10n.t('How do you want to sign in?'),
    ignoreFocusOut: true,
  });
  return picked?.method;
}

const icons: Record<SignInMethod['kind'], string> = {
  agent: 'account',
  terminal: 'terminal',
  environment: 'key',
};

/** Whether it was done, and not given up. */
async function perform(parts: SignInParts, agent: NamedAgent, method: SignInMethod): Promise<boolean> {
  const { t } = vscode.l10n;
  const { connection } = parts;
  const request = { agent: agent.id, methodId: method.methodId };
  const title = t('Signing in to {0}: {1}', plainText(agent.name), plainText(method.name));
  if (method.kind === 'environment') return withValues(parts, agent, method);
  const answer = await withProgress(title, ({ signal }) =>
    connection.request('agent/authenticate', request, { signal }),
  );
  if (answer?.terminal === undefined) return answer !== undefined;
  const code = await runInTerminal(t('Sign in to {0}', plainText(agent.name)), answer.terminal);
  if (code !== undefined && code !== 0) {
    const again = t('Try Again');
    const words = t('The sign-in to {0} ended with code {1}.', plainText(agent.name), code);
    if ((await vscode.window.showErrorMessage(words, again)) !== again) return false;
    return perform(parts, agent, method);
  }
  // Someone who closes the terminal may have signed in before; an agent that was not tells so when it is asked next.
  await connection.request('agent/authenticate', { ...request, done: true });
  return true;
}

async function withValues(
  { connection, values }: SignInParts,
  { id, name }: NamedAgent,
  { methodId, variables = [], link }: SignInMethod,
): Promise<boolean> {
  const { t } = vscode.l10n;
  const env: Record<string, string> = {};
  for (const [index, { name: variable, label, secret, optional }] of variables.entries()) {
    const value = await askValue({
      title: t('Sign in to {0}', plainText(name)),
      prompt: label === undefined ? variable : `${plainText(label)} (${variable})`,
      ...{ step: index + 1, steps: variables.length, secret, optional, link },
    });
    if (value === undefined) return false;
    if (value !== '') env[variable] = value;
  }
  const title = t('Signing in to {0}', plainText(name));
  const answer = await withProgress(title, ({ signal }) =>
    connection.request('agent/authenticate', { agent: id, methodId, env }, { signal }),
  );
  if (answer === undefined) return false;
  await values.keep(id, { methodId, env });
  return true;
}
