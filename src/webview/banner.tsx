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
      return failing(storageProblem && t('{0} cannot write to its journal: {1}', remote, storageProblem));
    case 'starting':
      return busy('loading', t('Connecting to {0}…', remote));
    case 'reconnecting':
      if (nextAttemptAt !== undefined) return retrying('', detail && `${detail}.`, nextAttemptAt, now);
      return busy('sync', t('Reconnecting to {0}…', remote));
    case 'stopped':
      return halted('lock', detail ?? t('{0} does not take the token.', remote), {
        name: 'signInRemote',
        label: t('Sign In Again…'),
      });
    case 'incompatible':
    case 'restricted':
      return halted('warning', detail ?? t('{0} runs another version of Holdfast.', remote), retry());
    default:
      return unreachable(state);
  }
}

function wordsFor(connection: ConnectionView, now: number): Words | undefined {
  const { state, detail, nextAttemptAt, storageProblem } = connection;
  switch (state) {
    case 'connected':
      return failing(storageProblem && t('Holdfast cannot write to its journal: {0}', storageProblem), {
        name: 'showLog',
        label: t('Show Log'),
      });
    case 'starting':
      if (nextAttemptAt !== undefined)
        return retrying(t('Holdfast cannot start.'), detail, nextAttemptAt, now);
      return busy('loading', t('Starting Holdfast…'));
    case 'reconnecting':
      if (nextAttemptAt !== undefined)
        return retrying(t('The connection was lost.'), detail, nextAttemptAt, now);
      return busy('sync', t('Reconnecting…'));
    case 'incompatible':
      return halted('warning', detail ?? t('The running Holdfast is of another version.'), {
        name: 'restartRuntime',
        label: t('Restart Runtime'),
      });
    case 'stopped':
      return halted('debug-disconnect', detail ?? t('Holdfast is stopped.'), {
        name: 'retry',
        label: t('Connect'),
      });
    case 'restricted':
      return halted(
        'workspace-untrusted',
        canRead(connection)
          ? t('Restricted Mode: you can read, and nothing is sent. Trust this workspace to go on.')
          : t('Restricted Mode: trust this workspace to use Holdfast.'),
        { name: 'manageTrust', label: t('Manage Trust') },
      );
    default:
      return unreachable(state);
  }
}

/** What goes on by itself. */
function busy(icon: string, text: string): Words {
  return { icon, spin: true, tone: 'info', text };
}

/** What waits for the person. */
function halted(icon: string, text: string, action: NonNullable<Words['action']>): Words {
  return { icon, tone: 'warning', text, action };
}

/** What fails although there is a connection, if anything does. */
function failing(text: string | undefined, action?: Words['action']): Words | undefined {
  if (text === undefined) return undefined;
  return { icon: 'error', tone: 'error', text, ...(action && { action }) };
}

function retrying(what: string, detail: string | undefined, nextAttemptAt: number, now: number): Words {
  const seconds = Math.max(0, Math.ceil((nextAttemptAt - now) / 1000));
  const next = seconds === 0 ? t('Trying again…') : t('Next attempt in {0} s.', seconds);
  return halted('debug-disconnect', [what, detail, next].filter(Boolean).join(' '), retry());
}

function retry(): NonNullable<Words['action']> {
  return { name: 'retry', label: t('Retry Now') };
}
