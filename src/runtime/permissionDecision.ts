import type { PermissionMode, Rule, Unattended } from '../protocol/permission.ts';
import { ruleText } from '../protocol/ruleText.ts';
import { matches } from './permissionRules.ts';
import { isInside, type PermissionSubject } from './permissionSubject.ts';

/** What answers a permission request without a person. */
export interface Decision {
  readonly decision: 'allow' | 'reject';
  /** In words: which rule, which mode, or that nobody was there. */
  readonly reason: string;
  readonly ruleId?: string | undefined;
  readonly mode?: PermissionMode | undefined;
}

/** What is decided by. */
export interface Policy {
  /** All that hold in this session. */
  readonly rules: readonly Rule[];
  /** Some rules could not be read: what they reject is not known, so nothing is allowed without a person. */
  readonly rulesUnreadable: boolean;
  readonly mode: PermissionMode | undefined;
  /** The directories in which `allowEdits` holds. */
  readonly roots: readonly string[];
  /** Set while nobody is there who could answer. */
  readonly unattended?: Unattended | undefined;
}

/**
 * Decides a permission request, or leaves it to a person (W5). In this order, so that what forbids wins over what allows and what
 * somebody set over what is the rule of the house: a rule that rejects, the mode `denyAll`, a rule that allows, the mode, and last what
 * the prompt said for when nobody is there.
 */
export function decide(subject: PermissionSubject, policy: Policy): Decision | undefined {
  const { rules, rulesUnreadable, mode = 'ask', roots, unattended = 'wait' } = policy;
  const byRule = (decision: Rule['decision']): Decision | undefined => {
    const rule = rules.find((each) => each.decision === decision && matches(each, subject));
    return rule && { decision, ruleId: rule.ruleId, reason: `rule: ${ruleText(rule)}` };
  };
  const rejected = byRule('reject');
  if (rejected !== undefined) return rejected;
  if (mode === 'denyAll') return { decision: 'reject', mode, reason: 'mode: deny all' };
  const may = !rulesUnreadable;
  const allowed = may ? byRule('allow') : undefined;
  if (allowed !== undefined) return allowed;
  if (may && allows(mode, subject, roots))
    return { decision: 'allow', mode, reason: `mode: ${MODE_WORDS[mode]}` };
  if (unattended === 'wait') return undefined;
  const reason = `nobody was there to answer, and the prompt said: ${UNATTENDED_WORDS[unattended]}`;
  const allow = may && unattended !== 'deny' && allows(unattended, subject, roots);
  return { decision: allow ? 'allow' : 'reject', reason };
}

type Touched = Pick<PermissionSubject, 'toolKind' | 'of' | 'texts'>;

const MODE_WORDS = {
  ask: 'ask',
  allowReads: 'allow reads',
  allowEdits: 'allow edits in the workspace',
  allowAll: 'allow all',
  denyAll: 'deny all',
} as const;

const UNATTENDED_WORDS = { ...MODE_WORDS, deny: 'deny' } as const;

function allows(mode: PermissionMode, { toolKind, of, texts }: Touched, roots: readonly string[]): boolean {
  switch (mode) {
    case 'allowAll':
      return true;
    case 'allowEdits':
      if ((toolKind === 'edit' || toolKind === 'move') && of === 'paths') return isInside(texts, roots);
      return allows('allowReads', { toolKind, of, texts }, roots);
    case 'allowReads':
      return toolKind === 'read' || toolKind === 'search';
    default:
      return false;
  }
}
