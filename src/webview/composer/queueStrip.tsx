import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ContentBlock } from '../../protocol/content.ts';
import { contentText } from '../../protocol/contentText.ts';
import type { QueuedTurn } from '../../protocol/head.ts';
import type { TurnId } from '../../protocol/ids.ts';
import type { DraftParts } from '../../protocol/page.ts';
import { usePage } from '../context.ts';
import { Icon, IconButton } from '../icon.tsx';
import { t } from '../words.ts';
import type { ComposerModel } from './model.ts';

/** What waits for the running turn: each can be changed, moved, sent at once and taken back (T2). */
export function QueueStrip({ model }: { model: ComposerModel }): VNode | null {
  const { store } = usePage();
  const queue = store.head.value?.queue ?? [];
  if (queue.length === 0) return null;
  return (
    <div class="strip queue" role="list" aria-label={t('Queued prompts')}>
      {queue.map((waiting, index) => (
        <QueueRow
          key={waiting.turnId}
          model={model}
          waiting={waiting}
          above={queue[index - 1]?.turnId}
          below={queue[index + 1]?.turnId}
          belowNext={queue[index + 2]?.turnId}
        />
      ))}
    </div>
  );
}

const nothing: DraftParts = { attachments: [], options: {} };

interface QueueRowProperties {
  readonly model: ComposerModel;
  readonly waiting: QueuedTurn;
  readonly above: TurnId | undefined;
  readonly below: TurnId | undefined;
  readonly belowNext: TurnId | undefined;
}

function QueueRow({ model, waiting, above, below, belowNext }: QueueRowProperties): VNode {
  const { store, host } = usePage();
  const editing = useSignal(false);
  const row = useRef<HTMLDivElement>(null);
  // What is being written is found again where the page ends before it is done.
  const release = useRef(() => {});
  const hold = (changed: string): void => {
    release.current();
    release.current = changed === text ? () => {} : model.aside.hold({ text: changed, ...nothing });
  };
  const { turnId } = waiting;
  const isSteering = waiting.steers !== undefined;
  const text = textOf(waiting.content);
  const shown = text === '' ? contentText(waiting.content) : text;
  const act = (action: Parameters<typeof host.request<'session/queue'>>[2]['action']): Promise<void> =>
    model.try(() => host.request('session/queue', model.sessionId, { action }));
  const move = async (before: TurnId | undefined): Promise<void> => {
    const button = document.activeElement;
    await act({ kind: 'move', turnId, ...(before !== undefined && { before }) });
    // The row takes its focus along.
    if (button instanceof HTMLElement && row.current?.contains(button) === true) button.focus();
  };
  /** To the front, and then the running turn makes room. */
  const sendNow = async (): Promise<void> => {
    const first = store.head.peek()?.queue[0]?.turnId;
    const running = store.head.peek()?.turn?.turnId;
    if (first !== undefined && first !== turnId) await act({ kind: 'move', turnId, before: first });
    if (running !== undefined)
      await model.try(() => host.request('session/cancel', model.sessionId, { turnId: running }));
  };
  /** What was written for a prompt that waits no longer is not lost: it goes on in the composer of its session. */
  const rescue = (changed: string): void => {
    if (changed.trim() !== '') model.giveBack({ text: changed, ...nothing });
    release.current();
  };
  const edit = async (changed: string): Promise<void> => {
    const others = waiting.content.filter(({ type }) => type !== 'text');
    const content: ContentBlock[] = [{ type: 'text', text: changed }, ...others];
    const action = { kind: 'edit', turnId, content } as const;
    await model.try(
      () => host.request('session/queue', model.sessionId, { action }),
      () => rescue(changed),
    );
    release.current();
  };
  if (editing.value)
    return (
      <QueueEdit
        text={text}
        writes={hold}
        done={(changed) => {
          editing.value = false;
          if (changed !== undefined && changed.trim() !== '' && changed !== text) void edit(changed);
          else release.current();
        }}
        lost={(changed) => changed !== text && rescue(changed)}
      />
    );
  return (
    <div ref={row} class="queued" role="listitem">
      <Icon name={waiting.kind === 'command' ? 'terminal' : isSteering ? 'debug-step-into' : 'clock'} />
      {isSteering && <span class="queued-plan">{t('Being given to what runs')}</span>}
      {waiting.kind === 'command' || isSteering ? (
        <span class="queued-text ellipsis" title={shown}>
          {shown}
        </span>
      ) : (
        <button
          type="button"
          class="queued-text ellipsis"
          title={shown}
          aria-label={t('Edit: {0}', shown)}
          onClick={() => (editing.value = true)}
        >
          {shown}
        </button>
      )}
      {waiting.plan?.until !== undefined && (
        <span class="queued-plan" title={t('Until green: {0}', untilWords(waiting.plan.until))}>
          <Icon name="beaker" />
        </span>
      )}
      {above !== undefined && (
        <IconButton icon="arrow-up" label={t('Move up: {0}', shown)} onClick={() => void move(above)} />
      )}
      {below !== undefined && (
        <IconButton
          icon="arrow-down"
          label={t('Move down: {0}', shown)}
          onClick={() => void move(belowNext)}
        />
      )}
      {store.head.value?.turn !== undefined && (
        <IconButton
          icon="debug-step-over"
          label={t('Stop what runs and send now: {0}', shown)}
          onClick={() => void sendNow()}
        />
      )}
      <IconButton
        icon="close"
        label={t('Remove from queue: {0}', shown)}
        onClick={() => void act({ kind: 'remove', turnId })}
      />
    </div>
  );
}

/** The text of a waiting prompt while it is changed: Enter keeps it, Escape leaves it as it was. */
function QueueEdit(properties: {
  readonly text: string;
  /** Takes what stands there, with each key. */
  writes(changed: string): void;
  done(changed: string | undefined): void;
  /** Takes what was written when the prompt is sent or removed meanwhile. */
  lost(changed: string): unknown;
}): VNode {
  const { text, writes, done, lost } = properties;
  const field = useRef<HTMLTextAreaElement>(null);
  const written = useRef(text);
  const over = useRef(false);
  // At once: the next key belongs into the field.
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
    return () => {
      const isLost = !over.current;
      over.current = true;
      // Not while the page is being rendered.
      if (isLost) queueMicrotask(() => lost(written.current));
    };
  }, []);
  const end = (changed: string | undefined): void => {
    if (over.current) return;
    over.current = true;
    done(changed);
  };
  return (
    <div class="queued queued-edit" role="listitem">
      <textarea
        ref={field}
        rows={1}
        aria-label={t('Queued prompt')}
        defaultValue={text}
        onInput={(event) => writes((written.current = event.currentTarget.value))}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          const keeps = event.key === 'Enter' && !event.shiftKey;
          if (!keeps && event.key !== 'Escape') return;
          event.preventDefault();
          end(keeps ? written.current : undefined);
          document.querySelector<HTMLElement>('.composer textarea')?.focus();
        }}
        onBlur={() => end(written.current)}
        spellcheck={false}
      />
    </div>
  );
}

function textOf(content: readonly ContentBlock[]): string {
  return contentText(content.filter(({ type }) => type === 'text'));
}

function untilWords({ command }: NonNullable<NonNullable<QueuedTurn['plan']>['until']>): string {
  return command ?? t('the pull request’s checks');
}
