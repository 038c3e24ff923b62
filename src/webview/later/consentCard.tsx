import type { VNode } from 'preact';
import type { Interaction } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { usePage } from '../context.ts';
import { t } from '../words.ts';
import { AskCard } from '../cards/askCard.tsx';
import { useSettle } from '../cards/useSettle.ts';

/** An address the agent wants opened: where it leads, and all of it. Only addresses of the web are opened (S2). */
export function ConsentCard({
  item,
  asked,
}: {
  item: InteractionItem;
  asked: Extract<Interaction, { kind: 'url' }>;
}): VNode {
  const { host } = usePage();
  const settling = useSettle(item);
  const place = hostOf(asked.url);
  const accept = (): void => {
    host.post({ type: 'openLink', href: asked.url });
    settling.answer({ kind: 'accept' });
  };
  const buttons = [
    { label: t('Open in Browser'), onClick: accept, disabled: place === undefined },
    { label: t('Decline'), onClick: () => settling.answer({ kind: 'reject' }) },
    { label: t('Cancel'), onClick: () => settling.answer({ kind: 'dismiss' }) },
  ];
  return (
    <AskCard item={item} settling={settling} icon="globe" buttons={buttons}>
      <div class="ask-text">
        {place === undefined ? t('This is no address of the web.') : t('Leads to')} <strong>{place}</strong>
      </div>
      <div class="ask-text mono">{asked.url}</div>
    </AskCard>
  );
}

/** The host of an address of the web, as the browser is going to read it; `undefined` for every other. */
function hostOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? host : undefined;
}
