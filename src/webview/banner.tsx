import { useSignal, useSignalEffect } from '@preact/signals';
import type { VNode } from 'preact';
import { unreachable } from '../base/unreachable.ts';
import { canRead, type ConnectionView, type PageAction } from '../protocol/page.ts';
import { usePage } from './context.ts';
import { Icon } from './icon.tsx';
import { t } from './words.ts';

interface Words {
  readonly icon: string;
  readonly spin?: boolean;
  readonly text: string;
  readonly tone: 'info' | 'warning' | 'error';
  readonly action?: { readonly name: PageAction; readonly label: string };
}

/** Where the connection stands when that matters to the person, with the action that helps (U8). */
export function Banner(): VNode | null {
  const { store, host } = usePage();
  const now = useSignal(Date.now());
  useSignalEffect(() => {
    if (store.connection.value.nextAttemptAt === undefined) return undefined;
    now.value = Date.now();
    const timer = setInterval(() => (now.value = Date.now()), 1000);
    return () => clearInterval(timer);
  });
  const { host: remote } = store.connection.value;
  const words =
    remote === undefined
      ? wordsFor(store.connection.value, now.value)
      : hostWords(remote, store.connection.value, now.value);
  if (words === undefined) return null;
  const { action } = words;
  return (
    <div class={`banner banner-${words.tone}`} role="status">
      <Icon name={words.icon} spin={words.spin ?? false} />
      <span class="banner-text">{words.text}</span>
      {action !== undefined && (
        <button type="button" class="link-button" onClick={() => host.act(action.name)}>
          {action.label}
        </button>
      )}
    </div>
  );
}

/** The same for a session on a remote host. */
function hostWords(
  remote: string,
  { state, detail, nextAttemptAt, storageProblem }: ConnectionView,
  now: number,
): Words | undefined {
  switch (state) {
    case 'connected':
      if (storageProblem === undefined) return undefined;
      return {
        icon: 'error',
        tone: 'error',
        text: t('{0} cannot write to its journal: {1}', remote, storageProblem),
      };
    case 'starting':
      return { icon: 'loading', spin: true, tone: 'info', text: t('Connecting to {0}…', remote) };
    case 'reconnecting':
      if (nextAttemptAt !== undefined) return retrying('', detail && `${detail}.`, nextAttemptAt, now);
      return { icon: 'sync', spin: true, tone: 'info', text: t('Reconnecting to {0}…', remote) };
    case 'stopped':
      return {
        icon: 'lock',
        tone: 'warning',
        text: detail ?? t('{0} does not take the token.', remote),
        action: { name: 'signInRemote', label: t('Sign In Again…') },
      };
    case 'incompatible':
    case 'restricted':
      return {
        icon: 'warning',
        tone: 'warning',
        text: detail ?? t('{0} runs another version of Holdfast.', remote),
        action: { name: 'retry', label: t('Retry Now') },
      };
    default:
      return unreachable(state);
  }
}

function wordsFor(connection: ConnectionView, now: number): Words | undefined {
  const { state, detail, nextAttemptAt, storageProblem } = connection;
  switch (state) {
    case 'connected':
      if (storageProblem === undefined) return undefined;
      return {
        icon: 'error',
        tone: 'error',
        text: t('Holdfast cannot write to its journal: {0}', storageProblem),
        action: { name: 'showLog', label: t('Show Log') },
      };
    case 'starting':
      if (nextAttemptAt !== undefined)
        return retrying(t('Holdfast cannot start.'), detail, nextAttemptAt, now);
      return { icon: 'loading', spin: true, tone: 'info', text: t('Starting Holdfast…') };
    case 'reconnecting':
      if (nextAttemptAt !== undefined)
        return retrying(t('The connection was lost.'), detail, nextAttemptAt, now);
      return { icon: 'sync', spin: true, tone: 'info', text: t('Reconnecting…') };
    case 'incompatible':
      return {
        icon: 'warning',
        tone: 'warning',
        text: detail ?? t('The running Holdfast is of another version.'),
        action: { name: 'restartRuntime', label: t('Restart Runtime') },
      };
    case 'stopped':
      return {
        icon: 'debug-disconnect',
        tone: 'warning',
        text: detail ?? t('Holdfast is stopped.'),
        action: { name: 'retry', label: t('Connect') },
      };
    case 'restricted':
      return {
        icon: 'workspace-untrusted',
        tone: 'warning',
        text: canRead(connection)
          ? t('Restricted Mode: you can read, and nothing is sent. Trust this workspace to go on.')
          : t('Restricted Mode: trust this workspace to use Holdfast.'),
        action: { name: 'manageTrust', label: t('Manage Trust') },
      };
    default:
      return unreachable(state);
  }
}

function retrying(what: string, detail: string | undefined, nextAttemptAt: number, now: number): Words {
  const seconds = Math.max(0, Math.ceil((nextAttemptAt - now) / 1000));
  const next = seconds === 0 ? t('Trying again…') : t('Next attempt in {0} s.', seconds);
  return {
    icon: 'debug-disconnect',
    tone: 'warning',
    text: [what, detail, next].filter(Boolean).join(' '),
    action: { name: 'retry', label: t('Retry Now') },
  };
}
