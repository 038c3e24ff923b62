import type { VNode } from 'preact';
import { usePage } from './context.ts';
import { relativeTime } from './duration.ts';
import { Icon } from './icon.tsx';
import { phaseLook } from './phase.ts';
import { t } from './words.ts';

/** What the page shows without a session: how to begin, and the sessions used last. */
export function EmptyState(): VNode {
  const { store, host } = usePage();
  const recent = store.recent.value;
  const usable = store.connection.value.state === 'connected';
  return (
    <main class="empty" aria-label={t('No session')}>
      <div class="empty-hero">
        <Icon name="comment-discussion" className="empty-icon" />
        <h1>{t('Sessions that outlive the window')}</h1>
        <p>{t('Reload, close or crash: what runs keeps running, and you find it here again.')}</p>
        {store.missing.value !== undefined && <p class="problem">{store.missing.value}</p>}
        {store.canUndo.value && (
          <button type="button" class="button wide" onClick={() => host.act('undoDelete')}>
            <Icon name="discard" />
            {t('Undo')}
          </button>
        )}
        <button type="button" class="button wide" disabled={!usable} onClick={() => host.act('newSession')}>
          <Icon name="add" />
          {t('New Session')}
        </button>
        <button
          type="button"
          class="button secondary wide"
          disabled={!usable}
          onClick={() => host.act('chooseAgent')}
        >
          <Icon name="sparkle" />
          {t('Choose an Agent…')}
        </button>
      </div>
      {recent.length > 0 && (
        <nav class="recent" aria-label={t('Recent sessions')}>
          <h2>{t('Recent')}</h2>
          <ul>
            {recent.map((session) => {
              const look = phaseLook({ ...session, failed: session.failed === true });
              return (
                <li key={session.sessionId}>
                  <button
                    type="button"
                    class="recent-session"
                    onClick={() => host.post({ type: 'openSession', sessionId: session.sessionId })}
                  >
                    <span class={`tone-${look.tone}`} title={look.label}>
                      <Icon name={look.icon} spin={look.spin ?? false} />
                    </span>
                    <span class="ellipsis">{session.title}</span>
                    <span class="recent-detail">{relativeTime(session.updatedAt, Date.now())}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </nav>
      )}
    </main>
  );
}
