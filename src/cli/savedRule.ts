import type { OpenInteraction } from '../protocol/head.ts';
import type { Answer } from '../protocol/interaction.ts';
import type { RuleDraft, RulePreview } from '../protocol/permission.ts';
import { text, usageError, type Values } from './command.ts';
import { plain } from './render.ts';
import type { Terminal } from './terminal.ts';

type Scope = RuleDraft['scope'];

const scopes: readonly Scope[] = ['session', 'workspace', 'always'];

/** For where `--rule` or `--always` saves a rule, if one of them is given. Throws a usage error. */
export function ruleScopeOf(values: Values): Scope | undefined {
  const given = text(values, 'rule');
  const always = values['always'] === true;
  if (given !== undefined && always && given !== 'always')
    throw usageError('--rule and --always exclude each other');
  if (given === undefined) return always ? 'always' : undefined;
  const scope = scopes.find((each) => each === given);
  if (scope === undefined) throw usageError(`--rule takes one of ${scopes.join(', ')}, not "${given}"`);
  return scope;
}

/** The rule of a scope that goes with an answer. Throws a usage error that lists those there are. */
export function ruleFor(open: OpenInteraction | undefined, answer: Answer, scope: Scope): RulePreview {
  const previews = open?.rulePreviews ?? [];
  const found = previews.find(
    ({ optionId, rule }) => answer.kind === 'option' && answer.optionId === optionId && rule.scope === scope,
  );
  if (found !== undefined) return found;
  if (previews.length === 0) throw usageError('no rule can be saved with this answer; nothing was answered');
  throw usageError(
    'that answer saves no such rule; nothing was answered',
    ['Rules that can be saved:', ...ruleLines(previews)].join('\n  '),
  );
}

/** What each rule would do, word for word, with what saves it. */
export function ruleLines(previews: readonly RulePreview[] | undefined = []): string[] {
  return previews.map(
    ({ optionId, rule, text: words }) => `${plain(optionId)} --rule ${rule.scope}  ${plain(words)}`,
  );
}

/** Shows a person at the terminal what the rule does and asks; a script has said so with its option. */
export async function isWanted(terminal: Terminal, { text: words }: RulePreview): Promise<boolean> {
  if (!terminal.isInteractive) return true;
  terminal.note(`  ${plain(words)}\n`);
  const word = await terminal.ask('  save this rule and answer? [y/n] ', new AbortController().signal);
  if (word !== undefined && /^y/iu.test(word.trim())) return true;
  terminal.note('nothing was answered\n');
  return false;
}
