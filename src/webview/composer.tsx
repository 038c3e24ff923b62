import { signal } from '@preact/signals';
import type { FunctionComponent, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { SessionId } from '../protocol/ids.ts';
import type { Early } from './composer/fullComposer.tsx';
import { usePage } from './context.ts';
import { offerFocus } from './focus.ts';
import { joined, offerInsert } from './insert.ts';
import { loadScript } from './lazyScript.ts';
import { t } from './words.ts';

type Full = FunctionComponent<{ sessionId: SessionId; early: Early }>;

const full = signal<Full | undefined>(undefined);
const failed = signal(false);
let loading: Promise<void> | undefined;

/** Where a person writes. The composer comes with a later script; until then its field takes what is typed (U3). */
export function Composer({ sessionId }: { sessionId: SessionId }): VNode {
  const { host } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const sends = useRef(false);
  useEffect(() => void (loading ??= load()), []);
  // At once: keys that are pressed now belong into this field.
  useLayoutEffect(() => (field.current === null ? undefined : offerFocus(field.current)), []);
  useLayoutEffect(() => {
    const early = field.current;
    if (early === null) return undefined;
    return offerInsert(sessionId, {
      take(text) {
        early.value = joined(early.value, text);
        host.keep('drafts', sessionId, early.value);
      },
    });
  }, []);
  if (full.value !== undefined) {
    const { selectionStart: from = Infinity, selectionEnd: to = Infinity } = field.current ?? {};
    return <full.value sessionId={sessionId} early={{ from, to, sends: sends.current }} />;
  }
  return (
    <footer class="dock">
      {failed.value && (
        <div class="problem composer-problem" role="alert">
          {t('The composer could not be loaded. Close the chat and open it again.')}
        </div>
      )}
      <div class="composer composer-box">
        <textarea
          ref={field}
          rows={1}
          aria-label={t('Prompt')}
          defaultValue={host.kept('drafts', sessionId) ?? ''}
          onInput={({ currentTarget }) => {
            host.keep('drafts', sessionId, currentTarget.value || undefined);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            sends.current = true;
          }}
          spellcheck={false}
        />
        <div class="composer-tools" />
      </div>
    </footer>
  );
}

async function load(): Promise<void> {
  const loaded = await loadScript('composer');
  const { holdfastComposer } = window as { holdfastComposer?: { FullComposer: Full } };
  failed.value = !loaded;
  full.value = holdfastComposer?.FullComposer;
}
