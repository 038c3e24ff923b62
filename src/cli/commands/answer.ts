import type { OpenInteraction } from '../../protocol/head.ts';
import type { Answer, Interaction } from '../../protocol/interaction.ts';
import { choose, questionValue } from '../asking.ts';
import {
  type CommandError,
  exitCodes,
  noMore,
  positional,
  text,
  usageError,
  type Command,
} from '../command.ts';
import { interactionLines, plain } from '../render.ts';
import { isWanted, ruleFor, ruleScopeOf } from '../savedRule.ts';
import { findSession } from '../sessionPrefix.ts';

/** `holdfast answer`: settles what a session waits for. */
export const answer: Command = {
  name: 'answer',
  usage: 'SESSION INTERACTION OPTION [--rule SCOPE | --always]',
  summary: 'answer what a session waits for; "show" lists it with its options',
  details: [
    'OPTION is the id, the name or the number of an option; the words of a free answer; "accept" for a URL; "reject" or',
    '"dismiss" for anything. Several questions at once and forms are answered with --values and a JSON object. A rule that is saved',
    'with the answer to a permission settles the same request from now on; "show" says word for word what each would do, and',
    '"rules" takes one back.',
  ].join('\n'),
  options: {
    values: { type: 'string', describe: 'the answer as a JSON object, instead of OPTION' },
    rule: { type: 'string', describe: 'save a rule too, for: session, workspace or always' },
    always: { type: 'boolean', describe: 'the same as --rule always: in every directory' },
  },
  async run(invocation) {
    const { terminal } = invocation;
    const values = text(invocation.values, 'values');
    const scope = ruleScopeOf(invocation.values);
    noMore(invocation, values === undefined ? 3 : 2);
    const prefix = positional(invocation, 0, 'SESSION');
    const wanted = positional(invocation, 1, 'INTERACTION');
    const word = values === undefined ? positional(invocation, 2, 'OPTION') : undefined;
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, prefix);
    const { head } = await connection.get(sessionId);
    const found = head.interactions.filter(({ interactionId }) => interactionId.startsWith(wanted));
    if (found.length > 1)
      throw usageError(`"${wanted}" names ${found.length} interactions; give more of the id`);
    // One that is settled already is the runtime's to tell, with who won.
    const interactionId = found[0]?.interactionId ?? (wanted as OpenInteraction['interactionId']);
    const given =
      values === undefined ? undefined : ({ kind: 'values', values: parseValues(values) } as const);
    const made =
      given ??
      (found[0]
        ? answerFor(found[0].interaction, word ?? '')
        : { kind: 'option' as const, optionId: word ?? '' });
    if (made === undefined) throw notAnOption(found[0], word ?? '');
    const saved = scope === undefined ? undefined : ruleFor(found[0], made, scope);
    if (saved !== undefined && !(await isWanted(terminal, saved))) return exitCodes.cancelled;
    await connection.request('session/answer', {
      ...{ sessionId, interactionId, answer: made },
      ...(saved !== undefined && { saveRule: saved.rule }),
    });
    terminal.note(saved === undefined ? 'answered\n' : `answered, and saved: ${plain(saved.text)}\n`);
    return exitCodes.ok;
  },
};

/** What a word means as the answer to an interaction; `undefined` when it means nothing there. */
export function answerFor(interaction: Interaction, word: string): Answer | undefined {
  if (interaction.kind === 'permission') {
    const chosen = choose(interaction.options, word, ({ optionId, name }) => [optionId, name]);
    if (chosen !== undefined) return { kind: 'option', optionId: chosen.optionId };
  }
  if (
    interaction.kind === 'question' &&
    interaction.questions.length === 1 &&
    interaction.questions[0] !== undefined
  ) {
    const value = questionValue(interaction.questions[0], word);
    if (value !== undefined)
      return { kind: 'values', values: { [interaction.questions[0].questionId]: value } };
  }
  if (word === 'reject' || word === 'dismiss') return { kind: word };
  return interaction.kind === 'url' && word === 'accept' ? { kind: 'accept' } : undefined;
}

function notAnOption(open: OpenInteraction | undefined, word: string): CommandError {
  const lines = open === undefined ? [] : interactionLines(open.interaction);
  return usageError(
    `"${word}" is no answer to "${open?.interaction.title ?? ''}"`,
    ['It can be answered with:', ...lines].join('\n  '),
  );
}

function parseValues(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Told below, like any other value that is no object.
  }
  throw usageError('--values takes a JSON object');
}
