import { useSignal, useSignalEffect } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { errorText } from '../base/errorText.ts';
import type { Head } from '../protocol/head.ts';
import type { InteractionId, SessionId } from '../protocol/ids.ts';
import { usePage } from './context.ts';
import { Icon, IconButton } from './icon.tsx';
import { offerFocus } from './focus.ts';
import { joined, offerInsert } from './insert.ts';
import { t } from './words.ts';

/** Where a person writes: Enter sends, Shift+Enter begins a line, Escape cancels the running turn. */
export function Composer({ sessionId }: { sessionId: SessionId }): VNode {
  const { store, host } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSignal(host.draft(sessionId));
  const problem = useSignal<string | undefined>(undefined);
  const asPrompt = useSignal<InteractionId | undefined>(undefined);
  const head = store.head.value;
  const connected = store.connection.value.state === 'connected';
  const busy = head?.turn !== undefined;
  const question = openTextQuestion(head);
  const answering =
    question !== undefined && question.interactionId !== asPrompt.value ? question : undefined;

  useSignalEffect(() => host.saveDraft(sessionId, text.value));
  useEffect(() => (field.current === null ? undefined : offerFocus(field.current)), []);
  useEffect(() => offerInsert(sessionId, (given) => (text.value = joined(text.value, given))), []);

  const send = async (): Promise<void> => {
    const given = text.value;
    if (given.trim() === '' || !connected) return;
    text.value = '';
    problem.value = undefined;
    try {
      if (answering === undefined) {
        await host.request('session/prompt', sessionId, { content: [{ type: 'text', text: given }] });
      } else {
        const { interactionId, questionId } = answering;
        await host.request('session/answer', sessionId, {
          interactionId,
          answer: { kind: 'values', values: { [questionId]: given } },
        });
      }
    } catch (error) {
      problem.value = errorText(error);
      // What could not be sent is not lost, and what was typed meanwhile stays behind it.
      text.value = text.value === '' ? given : `${given}\n${text.value}`;
    }
  };
  const cancel = async (): Promise<void> => {
    try {
      await host.request('session/cancel', sessionId, {});
    } catch (error) {
      problem.value = errorText(error);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      void send();
    } else if (event.key === 'Escape' && busy) {
      event.preventDefault();
      void cancel();
    }
  };

  return (
    <form
      class="composer"
      aria-label={t('Composer')}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {problem.value !== undefined && (
        <div class="problem composer-problem" role="alert">
          <span>{problem.value}</span>
          <IconButton icon="close" label={t('Dismiss')} onClick={() => (problem.value = undefined)} />
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
      <div class="composer-box">
        <textarea
          ref={field}
          rows={1}
          aria-label={answering === undefined ? t('Prompt') : t('Answer')}
          placeholder={placeholder({ head, busy, answering: answering !== undefined })}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
          onKeyDown={onKeyDown}
          spellcheck={false}
        />
        <div class="composer-buttons">
          {busy && (
            <IconButton
              icon="debug-stop"
              label={t('Cancel (Escape)')}
              className="cancel"
              onClick={() => void cancel()}
            />
          )}
          <button
            type="submit"
            class="icon-button send"
            title={sendLabel({ busy, answering: answering !== undefined })}
            aria-label={sendLabel({ busy, answering: answering !== undefined })}
            disabled={text.value.trim() === '' || !connected}
          >
            <Icon name={busy && answering === undefined ? 'add' : 'send'} />
          </button>
        </div>
      </div>
    </form>
  );
}

interface Situation {
  readonly busy: boolean;
  readonly answering: boolean;
}

function sendLabel({ busy, answering }: Situation): string {
  if (answering) return t('Send answer (Enter)');
  return busy ? t('Add to queue (Enter)') : t('Send (Enter)');
}

function placeholder({ head, busy, answering }: Situation & { head: Head | undefined }): string {
  if (answering) return t('Your answer');
  if (head?.ended === true) return t('This session has ended. Writing opens it again.');
  if (busy) return t('Write what comes next');
  return head?.agent.kind === 'shell' ? t('Type a command') : t('Ask {0}', head?.agent.name ?? '');
}

/** The one open question that is plain text, which the composer then answers (W1). */
function openTextQuestion(
  head: Head | undefined,
): { interactionId: InteractionId; questionId: string; text: string } | undefined {
  const [open, ...others] = head?.interactions ?? [];
  if (open === undefined || others.length > 0 || open.interaction.kind !== 'question') return undefined;
  const [question, ...more] = open.interaction.questions;
  if (question === undefined || more.length > 0 || question.options.length > 0 || !question.freeText)
    return undefined;
  return { interactionId: open.interactionId, questionId: question.questionId, text: question.text };
}
