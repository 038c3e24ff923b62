import type { RuleDraft } from './permission.ts';

const VERBS: Readonly<Record<string, string>> = {
  execute: 'running',
  edit: 'editing',
  read: 'reading',
  delete: 'deleting',
  move: 'moving',
  search: 'searching',
  fetch: 'fetching',
};

/**
 * What a permission rule does, whole and in one line (W5): shown before it is saved, in lists, and where it answered a
 * request. Pure. `workspace` is the directory of a rule with that scope.
 */
export function ruleText(rule: RuleDraft & { readonly workspace?: string | undefined }): string {
  const { agent, toolKind, pattern, match, scope, workspace, decision } = rule;
  const decided = decision === 'allow' ? 'Allow' : 'Reject';
  const verb = toolKind === undefined ? 'every tool' : (VERBS[toolKind] ?? `tools of kind ${toolKind}`);
  const what =
    pattern === undefined ? '' : match === 'glob' ? ` what matches “${pattern}”` : ` exactly “${pattern}”`;
  const who = agent === undefined ? 'every agent' : `agent ${agent}`;
  const where = {
    session: 'in this session',
    workspace: `in ${workspace ?? 'this workspace'}`,
    always: 'always',
  };
  return `${decided} ${verb}${what}, for ${who}, ${where[scope]}`;
}
