import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, IconButton } from '../icon.tsx';
import { t } from '../words.ts';
import type { ComposerModel } from './model.ts';

/** What can be asked of a prompt besides its text. */
export type PromptOption = 'before' | 'after' | 'until';

/** Attempts of a prompt that goes on until green, unless told otherwise, and at most (G1). */
const ATTEMPTS = 3;
const MOST_ATTEMPTS = 50;

/** Asks for a command around the next prompt, or for the check that has to be green after it (C2, G1). */
export function PromptOptionForm({ model }: { model: ComposerModel }): VNode | null {
  const asked = model.asking.value;
  return asked === undefined ? null : <OptionForm key={asked} model={model} option={asked} />;
}

function OptionForm({ model, option }: { model: ComposerModel; option: PromptOption }): VNode {
  const command = useSignal('');
  const max = useSignal(ATTEMPTS);
  /** The checks of the pull request instead of a command. */
  const byPullRequest = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const close = (): void => {
    model.asking.value = undefined;
    model.field?.focus();
  };
  const add = (): void => {
    const line = command.peek().trim();
    const pullRequest = byPullRequest.peek();
    if (line === '' && !pullRequest) return;
    const options = model.options.peek();
    model.options.value =
      option === 'until'
        ? { ...options, until: { ...(pullRequest ? { pullRequest } : { command: line }), max: max.peek() } }
        : { ...options, [option]: [...(options[option] ?? []), { command: line }] };
    close();
  };
  return (
    <div
      class="option-form"
      role="group"
      aria-label={nameOf(option)}
      onKeyDown={(event) => {
        if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
        // A button answers Enter by itself.
        if (event.key === 'Enter' && event.target instanceof HTMLButtonElement) return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Enter') add();
        else close();
      }}
    >
      <label>
        <span>{nameOf(option)}</span>
        <input
          ref={field}
          class="option-command"
          value={command.value}
          placeholder={t('Command, such as npm test')}
          disabled={byPullRequest.value}
          onInput={(event) => (command.value = event.currentTarget.value)}
          spellcheck={false}
        />
      </label>
      {option === 'until' && (
        <label class="option-check">
          <input
            type="checkbox"
            checked={byPullRequest.value}
            onChange={({ currentTarget }) => (byPullRequest.value = currentTarget.checked)}
          />
          <span>{t('Checks of the pull request instead')}</span>
        </label>
      )}
      {option === 'until' && (
        <label>
          <span>{t('Attempts')}</span>
          <input
            type="number"
            min={1}
            max={MOST_ATTEMPTS}
            value={max.value}
            onInput={({ currentTarget: { valueAsNumber } }) => {
              if (valueAsNumber >= 1) max.value = Math.min(MOST_ATTEMPTS, Math.floor(valueAsNumber));
            }}
          />
        </label>
      )}
      <IconButton
        icon="check"
        label={t('Add')}
        disabled={command.value.trim() === '' && !byPullRequest.value}
        onClick={add}
      />
      <IconButton icon="close" label={t('Dismiss')} onClick={close} />
    </div>
  );
}

/** The commands and the check of the next prompt, each of which can be taken back. */
export function OptionChips({ model }: { model: ComposerModel }): VNode | null {
  const { before = [], after = [], until } = model.options.value;
  const chips = [
    ...before.map(({ command }, index) => chip('before', command, () => without(model, 'before', index))),
    ...after.map(({ command }, index) => chip('after', command, () => without(model, 'after', index))),
    ...(until === undefined
      ? []
      : [
          chip(
            'until',
            `${until.command ?? t('Checks of the pull request')} (${until.max ?? ATTEMPTS}×)`,
            () => {
              const { until: _, ...others } = model.options.peek();
              model.options.value = others;
            },
          ),
        ]),
  ];
  if (chips.length === 0) return null;
  return (
    <div class="chips" role="list" aria-label={t('With the next prompt')}>
      {chips.map(({ option, text, remove }, index) => (
        <span key={index} class="chip" role="listitem" title={text}>
          <Icon name={option === 'until' ? 'beaker' : 'terminal'} />
          <span class="ellipsis">{text}</span>
          <IconButton icon="close" label={t('Remove: {0}', text)} onClick={remove} />
        </span>
      ))}
    </div>
  );
}

function chip(option: PromptOption, detail: string, remove: () => void) {
  return { option, text: `${nameOf(option)}: ${detail}`, remove };
}

function without({ options }: ComposerModel, option: 'before' | 'after', index: number): void {
  const { [option]: commands = [], ...others } = options.peek();
  const left = commands.toSpliced(index, 1);
  options.value = left.length === 0 ? others : { ...others, [option]: left };
}

/** The name of an option, as menus and chips have it. */
export function nameOf(option: PromptOption): string {
  switch (option) {
    case 'before':
      return t('Run before');
    case 'after':
      return t('Run after');
    case 'until':
      return t('Until green');
  }
}
