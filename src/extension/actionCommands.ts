import type { PageAction } from '../protocol/page.ts';

/** The command that does what a page starts. */
export const actionCommands: Readonly<Record<PageAction, string>> = {
  newSession: 'holdfast.newSession',
  chooseAgent: 'holdfast.newSessionWithAgent',
  switchSession: 'holdfast.switchSession',
  openInEditor: 'holdfast.openInEditor',
  renameSession: 'holdfast.renameSession',
  undoDelete: 'holdfast.undoDelete',
  restartAgent: 'holdfast.restartAgent',
  signInAgent: 'holdfast.signIn',
  manageAgents: 'holdfast.manageAgents',
  doctor: 'holdfast.doctor',
  retry: 'holdfast.retryConnection',
  showLog: 'holdfast.showLog',
  restartRuntime: 'holdfast.restartRuntime',
  signInRemote: 'holdfast.signInRemote',
  manageTrust: 'workbench.trust.manage',
};
