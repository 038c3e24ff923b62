import * as z from 'zod';
import { toolKindSchema } from './toolCall.ts';

/**
 * How a session answers permission requests that no rule answers (W5): `ask` a person; `allowReads` allows reading and
 * searching; `allowEdits` also editing and moving files inside the session's directories; `allowAll` allows everything and
 * `denyAll` rejects everything. What a mode does not decide is asked.
 */
export const permissionModeSchema = z.enum(['ask', 'allowReads', 'allowEdits', 'allowAll', 'denyAll']);
export type PermissionMode = z.infer<typeof permissionModeSchema>;

/**
 * What becomes of the questions of a prompt while nobody but its sender is attached (W5): `wait` leaves them open, `deny`
 * rejects permissions and dismisses questions, an `allow…` decides as the mode of that name and rejects the rest.
 */
export const unattendedSchema = z.enum(['wait', 'deny', 'allowReads', 'allowEdits', 'allowAll']);
export type Unattended = z.infer<typeof unattendedSchema>;

/**
 * What a permission rule says, before it is saved. `pattern` is the command line of a tool that executes, the path of one that
 * touches files, else the title of the call; with `match` `glob`, `*` stands for anything inside a path segment or a
 * simple command, `**` for anything in a path. Such a path is below the working directory unless it is absolute; without a slash it is a
 * file's name in whatever folder, for allowing below the working directory alone. Absent fields match everything; a rule without a pattern names a `toolKind`.
 */
export const ruleDraftSchema = z.object({
  agent: z.string().min(1).max(200).optional(),
  toolKind: toolKindSchema.optional(),
  pattern: z.string().min(1).max(4096).optional(),
  match: z.enum(['exact', 'glob']).optional(),
  scope: z.enum(['session', 'workspace', 'always']),
  decision: z.enum(['allow', 'reject']),
});
export type RuleDraft = z.infer<typeof ruleDraftSchema>;

/** A saved rule. `workspace` is the directory that a rule of that scope holds in, with all below it. */
export const ruleSchema = ruleDraftSchema.extend({
  ruleId: z.string().min(1).max(256),
  workspace: z.string().optional(),
  createdAt: z.number(),
  /** Who saved it, by name. */
  createdBy: z.string().optional(),
});
export type Rule = z.infer<typeof ruleSchema>;

/** Rules that are stored for workspaces and for always; each is looked at with every request. */
export const MOST_RULES = 1000;

/** The file of stored rules, `permissions.json`. */
export const rulesFileSchema = z.object({ rules: z.array(ruleSchema).max(MOST_RULES) });

/** A rule that an answer can save with it, and the option to answer with; `text` says exactly what it would do. */
export const rulePreviewSchema = z.object({
  optionId: z.string(),
  rule: ruleDraftSchema,
  text: z.string(),
});
export type RulePreview = z.infer<typeof rulePreviewSchema>;
