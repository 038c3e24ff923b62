import type { Question, Settlement } from '../../../protocol/interaction.ts';
import { listOf, loose, textOf, type Loose } from '../loose.ts';

/**
 * Reason: agents without elicitation ask their questions through a permission request, with the questions in its `_meta` or
 * in the raw input of the tool call that asks (Qwen Code, older adapters). Shown as a permission, it would offer "allow" and
 * "reject" for a question nobody can read. `undefined` for an ordinary permission request.
 */
export function questionsIn(params: Loose): readonly Question[] | undefined {
  const meta = loose(params['_meta']);
  const call = loose(params['toolCall']);
  const places = [
    meta,
    ...Object.values(meta).map(loose),
    ...(asksQuestions(call) ? [loose(call['rawInput'])] : []),
  ];
  for (const place of places) {
    const questions = listOf(place['questions']).map(loose).flatMap(questionOf);
    if (questions.length > 0) return questions;
  }
  return undefined;
}

/**
 * What is answered: the option that allows, with the answers beside it: by the question's place, as Qwen Code reads them, and
 * by its text in `_meta`. `undefined` when nobody answered, or the request offers nothing that allows.
 */
export function questionsAnswer(
  questions: readonly Question[],
  params: Loose,
  settlement: Settlement,
): Loose | undefined {
  if (settlement.outcome !== 'answered' || settlement.answer.kind !== 'values') return undefined;
  const allow = listOf(params['options'])
    .map(loose)
    .find(({ kind }) => kind === 'allow_once' || kind === 'allow_always');
  const optionId = textOf(allow?.['optionId']);
  if (optionId === undefined) return undefined;
  const { values } = settlement.answer;
  const said = questions.map(({ questionId, text, options }) => {
    const words = [values[questionId]]
      .flat()
      .filter((word): word is string => typeof word === 'string' && word !== '');
    const labels = words.map((word) => options.find((option) => option.optionId === word)?.label ?? word);
    return [questionId, text, labels.join(', ')] as const;
  });
  return {
    outcome: { outcome: 'selected', optionId },
    answers: Object.fromEntries(said.map(([questionId, , words]) => [questionId, words])),
    _meta: { answers: Object.fromEntries(said.map(([, text, words]) => [text, words])) },
  };
}

function asksQuestions(call: Loose): boolean {
  const names = [
    call['name'],
    call['title'],
    ...Object.values(loose(call['_meta'])).map((meta) => loose(meta)['toolName']),
  ];
  return names.some((name) => typeof name === 'string' && /^ask_?user_?questions?$/iu.test(name));
}

function questionOf(entry: Loose, index: number): Question[] {
  const text = textOf(entry['question']);
  if (text === undefined) return [];
  const header = textOf(entry['header']);
  return [
    {
      questionId: String(index),
      text,
      ...(header !== undefined && { header }),
      options: listOf(entry['options']).flatMap((option, place) => {
        const label = textOf(loose(option)['label']);
        const description = textOf(loose(option)['description']);
        if (label === undefined) return [];
        return [{ optionId: String(place), label, ...(description !== undefined && { description }) }];
      }),
      multiSelect: entry['multiSelect'] === true,
      freeText: true,
    },
  ];
}
