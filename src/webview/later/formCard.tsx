import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Interaction } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { t } from '../words.ts';
import { AskCard, type AskButton } from '../cards/askCard.tsx';
import { fieldsOf, withDefaults, type Field } from './forms.ts';
import { useKeptAnswer } from './keptAnswer.ts';
import { useSettle } from '../cards/useSettle.ts';

/** A form of an agent: filled in here, checked field by field; sending, declining and cancelling are three answers (A4, W1). */
export function FormCard({
  item,
  asked,
}: {
  item: InteractionItem;
  asked: Extract<Interaction, { kind: 'form' }>;
}): VNode {
  const settling = useSettle(item);
  const fields = useMemo(() => fieldsOf(asked.schema), [asked.schema]);
  const { value: values, change } = useKeptAnswer(item, withDefaults(asked.schema, {}));
  /** Fields that were left, or all once sending was tried: only those tell what is wrong with them. */
  const left = useSignal<ReadonlySet<string>>(new Set());
  const problems = fields.map((field) => field.problem(values[field.name]));
  const send = (): void => {
    left.value = new Set(fields.map(({ name }) => name));
    if (problems.every((problem) => problem === undefined)) settling.answer({ kind: 'values', values });
  };
  const set = (name: string, value: unknown): void => {
    const { [name]: _, ...others } = values;
    change(value === undefined ? others : { ...others, [name]: value });
  };
  const buttons: AskButton[] = [
    { label: t('Submit'), onClick: send },
    { label: t('Decline'), onClick: () => settling.answer({ kind: 'reject' }) },
    { label: t('Cancel'), onClick: () => settling.answer({ kind: 'dismiss' }) },
  ];
  return (
    <AskCard item={item} settling={settling} icon="checklist" buttons={buttons}>
      {fields.map((field, index) => (
        <FormField
          key={field.name}
          field={field}
          id={`${item.interactionId}-${index}`}
          value={values[field.name]}
          problem={left.value.has(field.name) ? problems[index] : undefined}
          disabled={settling.inert}
          onChange={(value) => set(field.name, value)}
          onLeave={() => (left.value = new Set([...left.value, field.name]))}
        />
      ))}
    </AskCard>
  );
}

interface FieldProperties {
  readonly field: Field;
  readonly id: string;
  readonly value: unknown;
  readonly problem: string | undefined;
  readonly disabled: boolean;
  readonly onChange: (value: unknown) => void;
  readonly onLeave: () => void;
}

function FormField(properties: FieldProperties): VNode {
  const { field, id, problem } = properties;
  const { label, description, required, kind } = field;
  const name = required ? `${label} *` : label;
  return (
    <div class="question">
      {kind === 'boolean' || kind === 'many' ? (
        <Choices {...properties} name={name} />
      ) : (
        <>
          <label for={id}>{name}</label>
          <Input {...properties} />
        </>
      )}
      {description !== undefined && <div class="choice-description">{description}</div>}
      {problem !== undefined && (
        <div class="field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </div>
      )}
    </div>
  );
}

function Choices({ field, value, disabled, onChange, name }: FieldProperties & { name: string }): VNode {
  const box = (label: string, checked: boolean, onCheck: (checked: boolean) => void): VNode => (
    <label key={label} class="choice">
      <input
        type="checkbox"
        disabled={disabled}
        checked={checked}
        onChange={(event) => onCheck(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
  if (field.kind === 'boolean') return box(name, value === true, onChange);
  const given = Array.isArray(value) ? value : [];
  return (
    <fieldset>
      <legend>{name}</legend>
      {field.choices.map((choice) =>
        box(choice.label, given.includes(choice.value), (checked) =>
          onChange(
            field.choices
              .map((each) => each.value)
              .filter((each) => (each === choice.value ? checked : given.includes(each))),
          ),
        ),
      )}
    </fieldset>
  );
}

function Input({ field, id, value, problem, disabled, onChange, onLeave }: FieldProperties): VNode {
  const { kind } = field;
  const typed = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const common = {
    id,
    disabled,
    class: 'text-input',
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem === undefined ? undefined : `${id}-problem`,
    onBlur: onLeave,
  };
  const take = ({ currentTarget }: { currentTarget: { value: string } }): void =>
    onChange(read(kind, currentTarget.value));
  if (kind === 'one') {
    return (
      <select {...common} value={typed} onChange={take}>
        <option value="">{t('Choose…')}</option>
        {field.choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    );
  }
  if (kind === 'long') return <textarea {...common} rows={3} value={typed} onInput={take} />;
  const shown = kind === 'datetime-local' ? typed.replace(/(:\d\d)?(\.\d+)?Z$/, '') : typed;
  return <input {...common} type={kind as 'text'} step="any" value={shown} onInput={take} />;
}

/** What was typed as the value that the schema means; nothing at all for an empty field. */
function read(kind: Field['kind'], typed: string): unknown {
  if (typed === '') return undefined;
  if (kind === 'number') return Number(typed);
  return kind === 'datetime-local' && !Number.isNaN(Date.parse(`${typed}Z`)) ? `${typed}:00Z` : typed;
}
