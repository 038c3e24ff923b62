import { effect, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Head } from '../../protocol/head.ts';
import type { InteractionId, SessionId } from '../../protocol/ids.ts';
import type { SetAside } from '../../protocol/page.ts';
import { usePage, type PageContext } from '../context.ts';
import { offerFocus } from '../focus.ts';
import { Icon, IconButton } from '../icon.tsx';
import { joined, offerInsert } from '../insert.ts';
import { t } from '../words.ts';
import { AddMenu } from './addMenu.tsx';
import { AttemptStrip } from './attemptStrip.tsx';
import { Chips } from './chips.tsx';
import { Completion } from './completion.ts';
import { Dropping } from './dropping.tsx';
import { paste } from './files.ts';
import { History } from './history.ts';
import { keepEndInView } from './keepEndInView.ts';
import { ComposerModel, type TextQuestion } from './model.ts';
import { Pickers } from './pickers.tsx';
import { OptionChips, PromptOptionForm } from './promptOptions.tsx';
import { PlanStrip } from './planStrip.tsx';
import { QueueStrip } from './queueStrip.tsx';
import { SendMenu } from './sendMenu.tsx';
import { Suggestions } from './suggestions.tsx';
import { WentOn } from './wentOn.tsx';

/** Where a person writes: Enter sends, Shift+Enter begins a line, Escape cancels the running turn. `early` is what was done before it was there. */
export function FullComposer({ sessionId, early }: { sessionId: SessionId; early: Early }): VNode {
  const page = usePage();
  const [{ model, completion, history }] = useState(() => makeParts(page, sessionId));
  const asPrompt = useSignal<InteractionId | undefined>(undefined);
  const head = page.store.head.value;
  const busy = head?.turn !== undefined;
  const question = openTextQuestion(head);
  const answering =
    question !== undefined && question.interactionId !== asPrompt.value ? question : undefined;
  model.answering = answering;

  // With every key: the page may be gone, or show another session, before the next frame.
  useLayoutEffect(() => effect(() => model.keep()), []);
  useEffect(() => () => completion.dispose(), []);
  // Before the browser does anything else: keys that are pressed now belong into this field.
  useLayoutEffect(() => {
    const { field } = model;
    if (field === null) return undefined;
    const leave = offerFocus(field);
    field.setSelectionRange(Math.min(early.from, field.value.length), Math.min(early.to, field.value.length));
    if (early.sends) void model.send();
    return leave;
  }, []);
  useLayoutEffect(() => (model.field === null ? undefined : keepEndInView(model.field)), []);
  useLayoutEffect(
    () =>
      offerInsert(sessionId, {
        take: (given) => (model.text.value = joined(model.text.value, given)),
        edit: (again) => {
          // What is sent again is no answer to what is asked now.
          asPrompt.value = openTextQuestion(page.store.head.peek())?.interactionId;
          model.edit(again);
        },
        putBack: (unsent) => model.putBack(unsent),
        restore: (images) => model.restore(images),
      }),
    [],
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || completion.keyDown(event) || history.keyDown(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      const stops = busy && answering === undefined && (event.ctrlKey || event.metaKey);
      void model.send(stops ? 'interrupt' : undefined);
    } else if (event.key === 'Escape' && busy) {
      event.preventDefault();
      void model.cancel();
    }
  };
  const label = sendLabel({ busy, answering: answering !== undefined });

  return (
    <footer class="dock">
      <Dropping model={model} />
      <PlanStrip />
      <AttemptStrip />
      <WentOn model={model} />
      <QueueStrip model={model} />
      <form
        class="composer"
        aria-label={t('Composer')}
        onSubmit={(event) => {
          event.preventDefault();
          void model.send();
        }}
        onPaste={(event) => paste(model, event)}
      >
        {model.problem.value !== undefined && (
          <div class="problem composer-problem" role="alert">
            <span>{model.problem.value}</span>
            <IconButton icon="close" label={t('Dismiss')} onClick={() => (model.problem.value = undefined)} />
          </div>
        )}
        {answering !== undefined && (
          <div class="composer-note">
            <span class="ellipsis">{t('Answers: {0}', answering.text)}</span>
            <button
              type="button"
              class="link-button"
              onClick={() => (asPrompt.value = answering.interactionId)}
            >
              {t('Send as prompt instead')}
            </button>
          </div>
        )}
        {model.aside.last.value !== undefined && (
          <div class="composer-note" role="status">
            <span class="ellipsis">{t('Kept: {0}', asideWords(model.aside.last.value))}</span>
            <button type="button" class="link-button" onClick={() => model.aside.bringBack()}>
              {t('Bring Back')}
            </button>
          </div>
        )}
        <div class="composer-box">
          <Suggestions completion={completion} />
          <Chips model={model} />
          <OptionChips model={model} />
          <PromptOptionForm model={model} />
          <textarea
            ref={(field) => void (model.field = field)}
            rows={1}
            aria-label={answering === undefined ? t('Prompt') : t('Answer')}
            aria-autocomplete="list"
            aria-controls={model.suggesting.value?.list}
            aria-activedescendant={model.suggesting.value?.active}
            placeholder={placeholder({ head, busy, answering: answering !== undefined })}
            value={model.text.value}
            onInput={(event) => {
              model.text.value = event.currentTarget.value;
              completion.look();
            }}
            onKeyDown={onKeyDown}
            onKeyUp={(event) => event.key.startsWith('Arrow') && completion.look()}
            onClick={() => completion.look()}
            onBlur={() => completion.leave()}
            spellcheck={false}
          />
          <div class="composer-tools">
            <AddMenu model={model} suggest={() => completion.look()} />
            <Pickers model={model} />
            <span class="spring" />
            {busy && (
              <IconButton
                icon="debug-stop"
                label={t('Cancel (Escape)')}
                className="cancel"
                onClick={() => void model.cancel()}
              />
            )}
            <button
              type="submit"
              class="icon-button send"
              title={label}
              aria-label={label}
              disabled={model.empty || page.store.connection.value.state !== 'connected'}
            >
              <Icon name="send" />
              <span class="icon-word">{sendWord({ busy, answering: answering !== undefined })}</span>
            </button>
            <SendMenu model={model} />
          </div>
        </div>
      </form>
    </footer>
  );
}

/** What was done before this was there. */
export interface Early {
  /** The selection. */
  readonly from: number;
  readonly to: number;
  /** Whether Enter was pressed. */
  readonly sends: boolean;
}

function makeParts(page: PageContext, sessionId: SessionId) {
  const model = new ComposerModel(page, sessionId);
  return { model, completion: new Completion(model), history: new History(model) };
}

interface Situation {
  readonly busy: boolean;
  readonly answering: boolean;
}

function sendLabel({ busy, answering }: Situation): string {
  if (answering) return t('Send answer (Enter)');
  return busy ? t('Add to queue (Enter)') : t('Send (Enter)');
}

function sendWord({ busy, answering }: Situation): string {
  return busy && !answering ? t('Queue') : t('Send');
}

function placeholder({ head, busy, answering }: Situation & { head: Head | undefined }): string {
  if (answering) return t('Your answer');
  if (head?.ended === true) return t('This session has ended. Writing opens it again.');
  if (busy) return t('Write what comes next');
  return head?.agent.kind === 'shell' ? t('Type a command') : t('Ask {0}', head?.agent.name ?? '');
}

function asideWords({ text, parts }: SetAside): string {
  return text === '' ? (parts?.attachments ?? []).map(({ name }) => name).join(', ') : text;
}

function openTextQuestion(head: Head | undefined): TextQuestion | undefined {
  const [open, ...others] = head?.interactions ?? [];
  if (open === undefined || others.length > 0 || open.interaction.kind !== 'question') return undefined;
  const [question, ...more] = open.interaction.questions;
  if (question === undefined || more.length > 0 || question.options.length > 0 || !question.freeText)
    return undefined;
  return { interactionId: open.interactionId, questionId: question.questionId, text: question.text };
}
