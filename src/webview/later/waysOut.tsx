import { useComputed, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { errorText } from '../../base/errorText.ts';
import type { Outcome } from '../../protocol/head.ts';
import type { TurnId } from '../../protocol/ids.ts';
import type { Failure } from '../../protocol/sessionState.ts';
import { usePage } from '../context.ts';
import { requestFocus } from '../focus.ts';
import { Icon } from '../icon.tsx';
import { editAgain } from '../insert.ts';
import { t } from '../words.ts';
import { sendAgain, sentAs } from './sentBefore.ts';
import { waysBack, waysOut, type Way } from './ways.ts';

/**
 * The ways out of the last turn, where it did not come to its end (U3). They are gone as soon as another turn follows, and are
 * not there for who may only read.
 */
export function WaysOut({
  turnId,
  outcome,
  failure,
}: {
  turnId: TurnId;
  outcome: Outcome;
  failure: Failure | undefined;
}): VNode | null {
  const page = usePage();
  const { store } = page;
  const problem = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const ways = waysOut(outcome, failure?.kind);
  const isLast = useComputed(() => {
    const { lastTurn, turn } = store.head.value ?? {};
    return lastTurn?.turnId === turnId && turn === undefined;
  });
  if (!isLast.value || ways.length === 0) return null;
  const again = async (way: 'retry' | 'edit'): Promise<void> => {
    const sessionId = store.sessionId.peek();
    if (sessionId === undefined || busy.peek()) return;
    busy.value = true;
    problem.value = undefined;
    try {
      const sent = await sentAs(page, turnId);
      if (sent === undefined) problem.value = t('What was sent is not there any more.');
      else if (way === 'retry' && sent.whole) {
        await sendAgain(page, sessionId, sent);
        requestFocus();
      } else {
        if (way === 'retry')
          problem.value = t('It held values that are not kept. Add what is missing, and send it.');
        editAgain(
          sessionId,
          sent.kind === 'prompt' ? sent : { content: [{ type: 'text', text: sent.command }] },
        );
      }
    } catch (error) {
      problem.value = errorText(error);
    } finally {
      busy.value = false;
    }
  };
  return <Ways ways={ways} busy={busy.value} problem={problem.value} again={(way) => void again(way)} />;
}

/** The ways out of an agent that is gone while no turn ran: the row that says so offers them until it is back. */
export function WaysBack({ failure }: { failure: Failure | undefined }): VNode {
  return <Ways ways={waysBack(failure?.kind)} busy={false} problem={undefined} again={() => {}} />;
}

function Ways(properties: {
  ways: readonly Way[];
  busy: boolean;
  problem: string | undefined;
  again: (way: 'retry' | 'edit') => void;
}): VNode | null {
  const { ways, busy, problem, again } = properties;
  const { store, host } = usePage();
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const shown = row.current;
    return () => {
      // Who stood on a way that is gone goes on writing.
      if (shown?.contains(document.activeElement) === true) requestFocus();
    };
  }, []);
  if (store.connection.value.state !== 'connected') return null;
  return (
    <div class="row ways" ref={row} role="group" aria-label={t('What helps')}>
      {ways.map((way, index) => (
        <button
          key={way}
          type="button"
          class={`button ${index === 0 ? '' : 'secondary'}`}
          disabled={busy}
          onClick={() => (way === 'retry' || way === 'edit' ? again(way) : host.act(way))}
        >
          <Icon name={icons[way]} />
          {labelOf(way)}
        </button>
      ))}
      {problem !== undefined && (
        <div class="problem" role="alert">
          {problem}
        </div>
      )}
    </div>
  );
}

const icons: Record<Way, string> = {
  retry: 'refresh',
  edit: 'edit',
  restartAgent: 'debug-restart',
  signInAgent: 'key',
  manageAgents: 'sparkle',
  showLog: 'output',
  doctor: 'pulse',
};

function labelOf(way: Way): string {
  switch (way) {
    case 'retry':
      return t('Retry');
    case 'edit':
      return t('Edit and Resend');
    case 'restartAgent':
      return t('Restart Agent');
    case 'signInAgent':
      return t('Sign In…');
    case 'manageAgents':
      return t('Manage Agents…');
    case 'showLog':
      return t('Show Log');
    case 'doctor':
      return t('Run Doctor');
  }
}
