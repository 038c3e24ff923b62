import type { VNode } from 'preact';
import { canRead, type ConnectionView } from '../protocol/page.ts';
import { Banner } from './banner.tsx';
import { Composer } from './composer.tsx';
import { usePage } from './context.ts';
import { EmptyState } from './emptyState.tsx';
import { Header } from './header.tsx';
import { Transcript } from './transcript.tsx';
import { t } from './words.ts';

/** Whether something to show is on its way. */
const comes = (view: ConnectionView): boolean =>
  canRead(view) || view.state === 'starting' || view.state === 'reconnecting';

/** The chat page. */
export function App(): VNode {
  const { store } = usePage();
  const sessionId = store.sessionId.value;
  return (
    <div class="page">
      <Banner />
      {store.view.value === 'loading' && comes(store.connection.value) && (
        <div class="progress" role="progressbar" aria-label={t('Loading')} />
      )}
      {store.view.value === 'none' && <EmptyState />}
      {store.view.value === 'session' && sessionId !== undefined && (
        <>
          <Header />
          <Transcript key={sessionId} />
          <Composer key={sessionId} sessionId={sessionId} />
        </>
      )}
      <div class="visually-hidden" role="log" aria-live="polite" data-live-region>
        {store.announcements.value.map(({ key, text }) => (
          <div key={key}>{text}</div>
        ))}
      </div>
    </div>
  );
}
