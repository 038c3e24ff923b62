import type { VNode } from 'preact';
import type { Interaction, Question } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { usePage } from '../context.ts';
import { t } from '../words.ts';
import { AskCard } from '../cards/askCard.tsx';
import { elsewhere, signInQuestions } from './signInCard.ts';
import { useKeptAnswer } from './keptAnswer.ts';
import { useSettle } from '../cards/useSettle.ts';

/** What was chosen and typed for one question. */
interface Given {
  readonly options: readonly string[];
  readonly text: string;
}

const nothing: Given = { options: [], text: '' };

/** All questions of one tool call, with their options, several at once where allowed, and free text (W1). */
export function QuestionCard({
  item,
  asked,
}: {
  item: InteractionItem;
  asked: Extract<Interaction, { kind: 'question' }>;
}): VNode {
  const settling = useSettle(item);
  const { inert, answer } = settling;
  const { host } = usePage();
  const given = useKeptAnswer<Readonly<Record<string, Given>>>(item, {});
  const of = (question: Question): Given => given.value[question.questionId] ?? nothing;
  const questions = signInQuestions(asked);
  const complete = questions.every(
    (question) => of(question).options.length > 0 || of(question).text.trim() !== '',
  );
  const send = (): void => {
    const values = Object.fromEntries(
      questions.map((question) => [question.questionId, valueOf(question, of(question))]),
    );
    const methodId = elsewhere(asked, values);
    // What the editor has to do settles the card when it is done.
    if (methodId === undefined) answer({ kind: 'values', values });
    else host.post({ type: 'signIn', methodId });
  };
  const buttons = [
    {
      label: asked.signIn === undefined ? t('Answer') : t('Sign In'),
      onClick: send,
      disabled: !complete,
    },
    { label: t('Dismiss'), onClick: () => answer({ kind: 'dismiss' }) },
  ];
  return (
    <AskCard item={item} settling={settling} icon="question" buttons={buttons}>
      {questions.map((question) => (
        <QuestionField
          key={question.questionId}
          question={question}
          given={of(question)}
          disabled={inert}
          onChange={(value) => given.change({ ...given.value, [question.questionId]: value })}
        />
      ))}
    </AskCard>
  );
}

function QuestionField(properties: {
  question: Question;
  given: Given;
  disabled: boolean;
  onChange: (given: Given) => void;
}): VNode {
  const { question, given, disabled, onChange } = properties;
  const choose = (optionId: string, chosen: boolean): void => {
    const others = question.multiSelect ? given.options.filter((each) => each !== optionId) : [];
    onChange({ ...given, options: chosen ? [...others, optionId] : others });
  };
  return (
    <fieldset class="question">
      <legend>{question.text}</legend>
      {question.options.map(({ optionId, label, description }) => (
        <label key={optionId} class="choice">
          <input
            type={question.multiSelect ? 'checkbox' : 'radio'}
            name={question.questionId}
            disabled={disabled}
            checked={given.options.includes(optionId)}
            onChange={(event) => choose(optionId, event.currentTarget.checked)}
          />
          <span>
            {label}
            {description !== undefined && <span class="choice-description">{description}</span>}
          </span>
        </label>
      ))}
      {question.freeText && (
        <input
          type="text"
          class="text-input"
          aria-label={question.text}
          placeholder={question.options.length > 0 ? t('Something else…') : t('Your answer')}
          disabled={disabled}
          value={given.text}
          onInput={(event) => onChange({ ...given, text: event.currentTarget.value })}
        />
      )}
    </fieldset>
  );
}

function valueOf(question: Question, { options, text }: Given): string | readonly string[] {
  const all = text.trim() === '' ? options : [...options, text.trim()];
  return question.multiSelect ? all : (all.at(-1) ?? '');
}
