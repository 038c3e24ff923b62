import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import type { Interaction, Question } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { InlineCode } from './inlineCode.tsx';
import { SettlementLine } from './settlementLine.tsx';
import { useSettle } from './useSettle.ts';

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
  const { inert, problem, answer } = useSettle(item);
  const given = useSignal<Readonly<Record<string, Given>>>({});
  const open = item.settlement === undefined;
  const of = (question: Question): Given => given.value[question.questionId] ?? nothing;
  const complete = asked.questions.every(
    (question) => of(question).options.length > 0 || of(question).text.trim() !== '',
  );
  const send = (): void =>
    answer({
      kind: 'values',
      values: Object.fromEntries(
        asked.questions.map((question) => [question.questionId, valueOf(question, of(question))]),
      ),
    });
  return (
    <section
      class={`row ask-card ${open ? 'ask-open' : 'ask-settled'}`}
      role="group"
      aria-label={t('Question: {0}', asked.title)}
      data-interaction={item.interactionId}
    >
      <div class="ask-line">
        <Icon name="question" className="ask-icon" />
        <span class="ask-title">
          <InlineCode text={asked.title} />
        </span>
      </div>
      {open &&
        asked.questions.map((question) => (
          <QuestionField
            key={question.questionId}
            question={question}
            given={of(question)}
            disabled={inert}
            onChange={(value) => (given.value = { ...given.value, [question.questionId]: value })}
          />
        ))}
      {open && (
        <div class="ask-options">
          <button type="button" class="button" disabled={inert || !complete} onClick={send}>
            {t('Answer')}
          </button>
          <button
            type="button"
            class="button secondary"
            disabled={inert}
            onClick={() => answer({ kind: 'dismiss' })}
          >
            {t('Dismiss')}
          </button>
        </div>
      )}
      {problem.value !== undefined && <div class="problem">{problem.value}</div>}
      <SettlementLine item={item} />
    </section>
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
