import type { VNode } from 'preact';
import type { Choice } from '../../protocol/head.ts';
import type { PermissionMode } from '../../protocol/permission.ts';
import type { PageParams } from '../../protocol/page.ts';
import type { ConfigOption } from '../../protocol/sessionState.ts';
import { usePage } from '../context.ts';
import { t } from '../words.ts';
import type { ComposerModel } from './model.ts';
import { MenuButton, type MenuEntry } from './menu.tsx';

type Change = PageParams<'session/configure'>;

/** Mode, model, the agent's other options, and who answers permission requests; each where there is something to choose. */
export function Pickers({ model }: { model: ComposerModel }): VNode | null {
  const { store, host } = usePage();
  const head = store.head.value;
  if (head === undefined || head.agent.kind === 'shell') return null;
  const { state } = store.connection.value;
  const disabled = state !== 'connected' || head.ended;
  const set = (change: Change): void =>
    void model.try(() => host.request('session/configure', model.sessionId, change));
  const others = head.options.filter(({ category, value, choices = [] }) => {
    const isOwn = category === 'mode' || category === 'model';
    return !isOwn && (typeof value === 'boolean' || choices.length > 0);
  });
  return (
    <>
      {head.modes.length > 0 && (
        <MenuButton
          text={nameOf(head.modes, head.mode) ?? t('Mode')}
          className="short"
          label={t('Mode: {0}', nameOf(head.modes, head.mode) ?? '')}
          disabled={disabled}
          entries={() => entriesOf(head.modes, head.mode, (mode) => set({ mode }))}
        />
      )}
      {head.models.length > 0 && (
        <MenuButton
          text={nameOf(head.models, head.model) ?? t('Model')}
          label={t('Model: {0}', nameOf(head.models, head.model) ?? '')}
          disabled={disabled}
          entries={() => entriesOf(head.models, head.model, (chosen) => set({ model: chosen }))}
        />
      )}
      {others.length > 0 && (
        <MenuButton
          icon="settings"
          word={t('Options')}
          label={t('Options of {0}', head.agent.name)}
          disabled={disabled}
          entries={() => others.flatMap((option) => optionEntries(option, set))}
        />
      )}
      <MenuButton
        icon={permissionIcons[head.permissionMode ?? 'ask']}
        word={t('Permissions: {0}', permissionName(head.permissionMode ?? 'ask'))}
        label={t('Permissions: {0}', permissionName(head.permissionMode ?? 'ask'))}
        disabled={disabled}
        entries={() => permissionEntries(head.permissionMode ?? 'ask', state !== 'restricted', set)}
      />
    </>
  );
}

function nameOf(choices: readonly Choice[], id: string | undefined): string | undefined {
  return choices.find((choice) => choice.id === id)?.name ?? id;
}

function entriesOf(
  choices: readonly Choice[],
  now: string | undefined,
  pick: (id: string) => void,
): MenuEntry[] {
  return choices.map(({ id, name, description }) => ({
    name,
    description: description ?? undefined,
    checked: id === now,
    pick: () => pick(id),
  }));
}

function optionEntries(
  { optionId, name, description, value, choices = [] }: ConfigOption,
  set: (change: Change) => void,
): MenuEntry[] {
  if (typeof value === 'boolean')
    return [
      {
        name,
        description: description ?? undefined,
        checked: value,
        pick: () => set({ options: { [optionId]: !value } }),
      },
    ];
  return choices.map((choice, index) => ({
    ...(index === 0 && { heading: name }),
    name: choice.name,
    description: choice.description ?? undefined,
    checked: choice.value === value,
    pick: () => set({ options: { [optionId]: choice.value } }),
  }));
}

const permissionIcons: Readonly<Record<PermissionMode, string>> = {
  ask: 'shield',
  allowReads: 'eye',
  allowEdits: 'edit',
  allowAll: 'unlock',
  denyAll: 'lock',
};

function permissionName(mode: PermissionMode): string {
  switch (mode) {
    case 'ask':
      return t('Ask');
    case 'allowReads':
      return t('Allow reading');
    case 'allowEdits':
      return t('Allow editing');
    case 'allowAll':
      return t('Allow everything');
    case 'denyAll':
      return t('Reject everything');
  }
}

function permissionEntries(
  now: PermissionMode,
  trusted: boolean,
  set: (change: Change) => void,
): readonly MenuEntry[] {
  const entry = (mode: PermissionMode, description: string): MenuEntry => ({
    name: permissionName(mode),
    description,
    checked: mode === now,
    pick: () => set({ permissionMode: mode }),
  });
  return [
    entry('ask', t('You answer each request that no rule answers.')),
    entry('allowReads', t('Reading and searching need no answer.')),
    entry('allowEdits', t('Changing files in the session’s folders needs no answer either.')),
    // In Restricted Mode nothing is allowed beforehand.
    ...(trusted ? [entry('allowAll', t('Nothing is asked: commands run at once.'))] : []),
    entry('denyAll', t('The agent may do nothing that needs a permission.')),
  ];
}
