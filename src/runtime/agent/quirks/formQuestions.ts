import type { Interaction, Question } from '../../../protocol/interaction.ts';
import { listOf, loose, textOf, type Loose } from '../loose.ts';

type Asked = Extract<Interaction, { kind: 'question' }>;

/**
 * Reason: Claude Code's AskUserQuestion tool arrives as an elicitation form in which each question is a choice field
 * `question_0` with a text field `question_0_custom` beside it for an answer of one's own. As a form it would be two fields a
 * question, in no recognisable relation; here it is what it is, questions with options and free text.
 * Seen: @agentclientprotocol/claude-agent-acp 0.100.0.
 */
export function questionsOf(message: string, schema: Loose): Asked['questions'] | undefined {
  const properties = loose(schema['properties']);
  const names = Object.keys(properties);
  const ids = names.filter((name) => /^question_\d+$/u.test(name));
  if (ids.length === 0) return undefined;
  if (names.some((name) => !ids.includes(name.replace(/_custom$/u, '')))) return undefined;
  return ids.map((questionId) =>
    questionOf(questionId, loose(properties[questionId]), {
      text: message,
      freeText: names.includes(`${questionId}_custom`),
    }),
  );
}

/** What the person answered, in the fields of the form: options in the question's own, other words in the one beside it. */
export function formContent(
  questions: readonly Question[],
  values: Readonly<Record<string, unknown>>,
): Record<string, string | string[]> {
  const content: Record<string, string | string[]> = {};
  for (const { questionId, options, multiSelect } of questions) {
    const words = [values[questionId]]
      .flat()
      .filter((word): word is string => typeof word === 'string' && word !== '');
    const chosen = words.filter((word) => options.some(({ optionId }) => optionId === word));
    const own = words.filter((word) => !chosen.includes(word)).join(', ');
    const [first] = chosen;
    if (multiSelect && chosen.length > 0) content[questionId] = chosen;
    else if (first !== undefined) content[questionId] = first;
    if (own !== '') content[`${questionId}_custom`] = own;
  }
  return content;
}

function questionOf(
  questionId: string,
  property: Loose,
  { text, freeText }: { readonly text: string; readonly freeText: boolean },
): Question {
  const items = loose(property['items']);
  const multiSelect = property['type'] === 'array';
  const header = textOf(property['title']);
  return {
    questionId,
    text: textOf(property['description']) ?? text,
    ...(header !== undefined && { header }),
    options: listOf(multiSelect ? items['anyOf'] : property['oneOf']).flatMap((entry) => {
      const { const: optionId, title, description } = loose(entry);
      if (typeof optionId !== 'string') return [];
      const more = textOf(description);
      return [
        { optionId, label: textOf(title) ?? optionId, ...(more !== undefined && { description: more }) },
      ];
    }),
    multiSelect,
    freeText,
  };
}
