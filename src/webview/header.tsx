import type { VNode } from 'preact';
import { hasFailed } from '../protocol/attention.ts';
import { usePage } from './context.ts';
import { Icon, IconButton } from './icon.tsx';
import { phaseLook } from './phase.ts';
import { UsageMeter } from './usageMeter.tsx';
import { t } from './words.ts';

/** The session's title, agent and phase, and what can be done with it. */
export function Header(): VNode | null {
  const { store, host } = usePage();
  const head = store.head.value;
  if (head === undefined) return null;
  const remote = store.connection.value.host;
  const agent = remote === undefined ? head.agent.name : `${head.agent.name} · ${remote}`;
  const look = phaseLook({ ...head, failed: hasFailed(head) });
  return (
    <header class="header" aria-label={t('Session')}>
      <span class={`header-phase tone-${look.tone}`} title={look.label}>
        <Icon name={look.icon} spin={look.spin ?? false} />
      </span>
      <h1 class="header-heading">
        <button
          type="button"
          class="header-title"
          title={t('{0} — switch session', head.title)}
          onClick={() => host.act('switchSession')}
        >
          <span class="ellipsis">{head.title}</span>
        </button>
      </h1>
      <span
        class={`header-agent ellipsis${remote === undefined ? '' : ' is-remote'}`}
        title={[agent, head.cwd].join(' · ')}
      >
        {agent}
      </span>
      <UsageMeter />
      <span class={`header-label tone-${look.tone}`} role="status">
        {look.label}
      </span>
      <IconButton icon="edit" label={t('Rename Session')} onClick={() => host.act('renameSession')} />
    </header>
  );
}
