import type { Interaction, Question } from '../../protocol/interaction.ts';
import { t } from '../words.ts';

type Asked = Extract<Interaction, { kind: 'question' }>;

/**
 * The questions of a card; those of a sign-in (A7) say of each way what happens here, since the editor has terminals and can
 * keep values, which not every client can. Pure.
 */
export function signInQuestions({ questions, signIn }: Asked): readonly Question[] {
  if (signIn === undefined) return questions;
  const described = ({ optionId, label }: Question['options'][number]): Question['options'][number] => {
    const method = signIn.methods.find(({ methodId }) => methodId === optionId);
    const what =
      method?.kind === 'terminal'
        ? t('Opens a terminal.')
        : method?.kind === 'environment'
          ? t('Asks for values, and keeps them in the editor’s secret storage.')
          : undefined;
    const description = [method?.description, what].filter((part) => part !== undefined).join(' ');
    return { optionId, label, ...(description !== '' && { description }) };
  };
  return questions.map((question) => ({ ...question, options: question.options.map(described) }));
}

/** The way of a sign-in that the page cannot go by itself; `undefined` for what is simply an answer. Pure. */
export function elsewhere(
  { signIn }: Asked,
  values: Readonly<Record<string, string | readonly string[]>>,
): string | undefined {
  const chosen = Object.values(values).flat();
  return signIn?.methods.find(({ methodId, kind }) => kind !== 'agent' && chosen.includes(methodId))
    ?.methodId;
}
