import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Answer } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import type { RuleDraft } from '../../protocol/permission.ts';
import { errorText } from '../../base/errorText.ts';
import { usePage, useRequest } from '../context.ts';

/** How long a card that appears takes no clicks and no keys, so that typing ahead never answers it (U3). */
export const INERT_MS = 500;

/** What a card needs to settle its interaction. */
export interface Settling {
  /** Whether its buttons do nothing: just appeared, or an answer is on its way. */
  readonly inert: boolean;
  /** Why the last answer was refused. */
  readonly problem: Signal<string | undefined>;
  /** Answers, and saves a rule with it (W5). */
  readonly answer: (answer: Answer, saveRule?: RuleDraft) => void;
}

/** Lets a card answer its interaction, once it has been visible for long enough. */
export function useSettle({ interactionId }: InteractionItem): Settling {
  const request = useRequest();
  const looksOnly = usePage().store.connection.value.state === 'restricted';
  const fresh = useSignal(true);
  const sending = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const timer = setTimeout(() => (fresh.value = false), INERT_MS);
    return () => clearTimeout(timer);
  }, [fresh]);
  const send = async (answer: Answer, saveRule?: RuleDraft): Promise<void> => {
    sending.value = true;
    problem.value = undefined;
    try {
      await request('session/answer', { interactionId, answer, ...(saveRule && { saveRule }) });
    } catch (error) {
      problem.value = errorText(error);
    } finally {
      sending.value = false;
    }
  };
  return {
    inert: fresh.value || sending.value || looksOnly,
    problem,
    answer: (answer, saveRule) => {
      if (!fresh.value && !sending.value) void send(answer, saveRule);
    },
  };
}
