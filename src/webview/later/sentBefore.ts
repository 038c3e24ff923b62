import type { ContentBlock } from '../../protocol/content.ts';
import type { CommandRunItem, Item, TurnItem } from '../../protocol/items.ts';
import type { SessionId, TurnId } from '../../protocol/ids.ts';
import type { PromptOptions } from '../../protocol/page.ts';
import type { PageContext } from '../context.ts';
import { holdsSecret, optionsOf } from './ways.ts';

/** Rows asked for at once on the way to a turn's beginning. */
const ROWS = 200;

/** What a turn was sent as. */
export type Sent =
  | {
      readonly kind: 'prompt';
      readonly content: readonly ContentBlock[];
      readonly options: PromptOptions;
      /** Whether nothing is missing that it was sent with. */
      readonly whole: boolean;
    }
  | { readonly kind: 'command'; readonly command: string; readonly cwd: string; readonly whole: boolean };

/** What a turn was sent as; earlier rows are loaded if need be. `undefined` when it is not there. */
export async function sentAs({ store }: PageContext, turnId: TurnId): Promise<Sent | undefined> {
  for (;;) {
    const sent = sentIn(store.items().filter((item) => item.turnId === turnId));
    const first = store.firstPosition;
    if (sent !== undefined || !store.more.peek()) return sent;
    await store.loadEarlier(ROWS);
    if (store.firstPosition === first) return undefined;
  }
}

/** Sends what a turn was sent as once more, as a turn of its own. Rejects as the request does. */
export function sendAgain({ host }: PageContext, sessionId: SessionId, sent: Sent): Promise<unknown> {
  if (sent.kind === 'command') {
    const { command, cwd } = sent;
    return host.request('session/command', sessionId, { command, cwd });
  }
  const content = [...sent.content];
  return host.request('session/prompt', sessionId, { content, ...sent.options });
}

function sentIn(rows: readonly Item[]): Sent | undefined {
  const turn = rows.find((row): row is TurnItem => row.kind === 'turn');
  if (turn === undefined) return undefined;
  if (turn.turnKind === 'command') {
    const run = rows.find((row): row is CommandRunItem => row.kind === 'commandRun');
    if (run === undefined) return undefined;
    const { command, cwd } = run;
    return { kind: 'command', command, cwd, whole: !holdsSecret(command) };
  }
  const prompt = rows.find((row) => row.kind === 'message' && row.role === 'user');
  if (prompt?.kind !== 'message') return undefined;
  const { content } = prompt;
  const options = optionsOf(turn);
  return {
    kind: 'prompt',
    content,
    options: options ?? {},
    whole: options !== undefined && !holdsSecret(content),
  };
}
