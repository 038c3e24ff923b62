import { render } from 'preact';
import type { ToPage } from '../protocol/page.ts';
import { App } from './app.tsx';
import { Page } from './context.ts';
import { handleFindKey } from './findKeys.ts';
import { DeliveryTaker } from './deliveries.ts';
import { keepFocus, requestFocus } from './focus.ts';
import { Host } from './host.ts';
import { handleClicks } from './clicks.ts';
import { handleMoveKeys } from './moveKeys.ts';
import { restoreImages } from './insert.ts';
import { shareWithLaterScripts } from './shared.ts';
import { PageStore } from './store.ts';
import './styles/chat.css';
import { useWords } from './words.ts';

declare function acquireVsCodeApi(): ConstructorParameters<typeof Host>[0];

const root = document.querySelector<HTMLElement>('#app');
if (root === null) throw new Error('the page has no #app');
const translations = root.dataset['words'];
if (translations !== undefined && translations !== '')
  useWords(JSON.parse(translations) as Record<string, string>);

const host = new Host(acquireVsCodeApi());
const store = new PageStore(host);
const deliveries = new DeliveryTaker({ store, host });

window.addEventListener('message', (event: MessageEvent<ToPage>) => {
  store.receive(event.data);
  if (event.data.type === 'focus') requestFocus();
  if (event.data.type === 'images') restoreImages(event.data.sessionId, event.data.images);
  deliveries.receive(event.data);
});
window.addEventListener('focus', () => host.post({ type: 'focused' }));
keepFocus();
handleClicks(root, host);
handleFindKey({ store, host });
handleMoveKeys({ store, host });
shareWithLaterScripts();
render(
  <Page.Provider value={{ store, host }}>
    <App />
  </Page.Provider>,
  root,
);
host.post({ type: 'ready' });
host.tellDrafts();
