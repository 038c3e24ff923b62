import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { InteractionId } from '../../protocol/ids.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { usePage, type PageContext } from '../context.ts';

/** What is filled in, and how it is changed. */
export interface KeptAnswer<T> {
  readonly value: T;
  change(value: T): void;
}

/** What a person fills in to answer an interaction: kept for a page that is shown again, until the interaction is settled (U3, W1). */
export function useKeptAnswer<T extends object>(
  { interactionId, settlement }: InteractionItem,
  nothing: T,
): KeptAnswer<T> {
  const page = usePage();
  const [before] = useState(() => answersOf(page)[interactionId] as T | undefined);
  const given = useSignal(before ?? nothing);
  useEffect(() => {
    if (settlement !== undefined) keep(page, interactionId, undefined);
  }, [page, interactionId, settlement]);
  return {
    value: given.value,
    change(value) {
      given.value = value;
      keep(page, interactionId, value);
    },
  };
}

function answersOf({ store, host }: PageContext): Readonly<Record<InteractionId, object>> {
  const sessionId = store.sessionId.peek();
  return (sessionId && host.kept('answers', sessionId)) ?? {};
}

/** Those of interactions that were settled meanwhile are not kept any more. */
function keep(page: PageContext, interactionId: InteractionId, value: object | undefined): void {
  const head = page.store.head.peek();
  if (head === undefined) return;
  const isOpen = (id: string): boolean =>
    id !== interactionId && head.interactions.some((open) => open.interactionId === id);
  const others = Object.entries(answersOf(page)).filter(([id]) => isOpen(id));
  const all = value === undefined ? others : [...others, [interactionId, value]];
  page.host.keep('answers', head.sessionId, all.length === 0 ? undefined : Object.fromEntries(all));
}
