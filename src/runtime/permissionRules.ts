import path from 'node:path';
import type { Rule, RuleDraft, RulePreview } from '../protocol/permission.ts';
import type { PermissionOption } from '../protocol/interaction.ts';
import { ruleText } from '../protocol/ruleText.ts';
import { globMatches } from './glob.ts';
import { isInside, realPath, type PermissionSubject } from './permissionSubject.ts';

type Matched = Omit<RuleDraft, 'scope'>;

/** Longer texts are offered no rule: nobody would read it. */
const MOST_PATTERN = 500;

/**
 * Whether a rule is about a request. To be allowed, all of its files must match; to be rejected, one is enough. A command that
 * `*` matches is a simple one when it is allowed: what chains, pipes, redirects or substitutes is matched only as written.
 */
export function matches(rule: Matched, subject: PermissionSubject): boolean {
  const { agent, toolKind, pattern, match = 'exact', decision } = rule;
  if (agent !== undefined && agent !== subject.agent) return false;
  if (toolKind !== undefined && toolKind !== subject.toolKind) return false;
  if (pattern === undefined) return toolKind !== undefined;
  const { texts } = subject;
  const fits = (text: string): boolean =>
    match === 'exact' ? same(pattern, text, subject) : globFits({ pattern, decision }, text, subject);
  if (texts.length === 0) return false;
  return decision === 'allow' ? texts.every(fits) : texts.some(fits);
}

/** Whether a rule of the scope `workspace` holds in a directory. */
export function holdsIn({ scope, workspace }: Rule, cwd: string): boolean {
  return scope !== 'workspace' || (workspace !== undefined && isInside([cwd], [workspace]));
}

/** The rules that an answer could save, each beside the option to give with it; none for what cannot be named exactly. */
export function previewsOf(
  options: readonly PermissionOption[],
  subject: PermissionSubject,
  workspace: string,
): RulePreview[] {
  const [pattern, ...more] = subject.texts;
  if (pattern === undefined || more.length > 0 || pattern.length > MOST_PATTERN) return [];
  const { agent, toolKind } = subject;
  return (['allow', 'reject'] as const).flatMap((decision) => {
    const optionId = optionFor(options, decision);
    if (optionId === undefined) return [];
    return (['session', 'workspace', 'always'] as const).map((scope) => {
      const rule: RuleDraft = { agent, toolKind, pattern, match: 'exact', scope, decision };
      return { optionId, rule, text: ruleText({ ...rule, workspace }) };
    });
  });
}

/** The option that means a decision: for once, where the agent offers that. */
export function optionFor(
  options: readonly PermissionOption[],
  decision: Rule['decision'],
): string | undefined {
  const of = (kind: string): string | undefined => options.find((option) => option.kind === kind)?.optionId;
  return of(`${decision}_once`) ?? of(`${decision}_always`);
}

const ignoresCase = process.platform === 'win32' || process.platform === 'darwin';

function same(pattern: string, text: string, { of, cwd }: PermissionSubject): boolean {
  if (of !== 'paths') return pattern.trim() === text.trim();
  const [a, b] = [path.resolve(cwd, pattern), path.normalize(text)];
  return a === b || folded(a) === folded(b);
}

/**
 * Whether a pattern with stars is about a text. Of files, one with a slash is a path: below the working directory unless it is
 * absolute. One without is a file's name, in whatever folder; to be allowed, one below the working directory. Links are no way
 * around: what is allowed lies, links resolved, in the folder that the pattern begins with; what is rejected is so as well where
 * a link leads there.
 */
function globFits(
  { pattern, decision }: { readonly pattern: string; readonly decision: Rule['decision'] },
  text: string,
  { of, cwd }: PermissionSubject,
): boolean {
  if (of !== 'paths') {
    const star = of === 'command' && decision === 'allow' ? isSimple : (): boolean => true;
    return globMatches(pattern.trim(), text.trim(), { star });
  }
  const isWhole = path.isAbsolute(pattern) || (decision === 'reject' && pattern.startsWith('**'));
  const isName = !slashed(pattern).includes('/');
  const whole =
    isWhole || isName ? slashed(pattern) : `${slashed(cwd).replace(/\/$/, '')}/${slashed(pattern)}`;
  const about = (file: string): boolean =>
    globMatches(
      folded(whole.replaceAll('/./', '/')),
      folded(isName ? path.basename(file) : slashed(file)),
      WITHIN_FOLDERS,
    );
  if (decision === 'reject') return about(text) || about(behindLinks(text, cwd));
  return about(text) && isInside([text], [isName ? cwd : beginningOf(whole)]);
}

/** In patterns of files `*` stands for no slash, and `**` for anything. */
const WITHIN_FOLDERS = { star: (character: string): boolean => character !== '/', deep: true };

/** The folder that a pattern begins with: as much of it as stands before its first star. */
const beginningOf = (whole: string): string => `${whole.split('*', 1)[0]}`.replace(/[^/]*$/, '');

/** Where a file lies, links resolved, told from the working directory as it is called. */
function behindLinks(file: string, cwd: string): string {
  const real = realPath(file);
  return isInside([real], [cwd]) ? path.join(cwd, path.relative(realPath(cwd), real)) : real;
}

/** Backslashes are part of a name where they do not part folders. */
const slashed = (text: string): string => (path.sep === '\\' ? text.replaceAll('\\', '/') : text);

const folded = (text: string): string => (ignoresCase ? text.toLowerCase() : text);

/** What a simple command is made of. */
const isSimple = (character: string): boolean => !';&|<>`$(){}\n\r'.includes(character);
