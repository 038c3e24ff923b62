import type { CommandParts, CommandTable } from './commands.ts';
import type { TreeNode } from './treeNodes.ts';

/** A row of a prompt that waits. */
type Queued = Extract<TreeNode, { readonly kind: 'queued' }>;

/** Commands about the prompts that wait below a session in the tree (T3). */
export function queueCommands({ connection, tree }: CommandParts): CommandTable {
  const move = async (row: Queued | undefined, by: 'up' | 'down'): Promise<void> => {
    if (row === undefined) return;
    const { sessionId, turnId } = row;
    const { queue } = await connection.request('session/queue', { sessionId, action: { kind: 'list' } });
    const at = queue.findIndex((each) => each.turnId === turnId);
    if (at === -1 || (by === 'up' && at === 0)) return;
    // The one that it goes before; behind all without one.
    const before = queue[by === 'up' ? at - 1 : at + 2]?.turnId;
    const action = { kind: 'move', turnId, ...(before === undefined ? {} : { before }) } as const;
    await connection.request('session/queue', { sessionId, action });
    tree.refresh();
  };

  return {
    'holdfast.moveQueuedUp': (row?: Queued) => move(row, 'up'),
    'holdfast.moveQueuedDown': (row?: Queued) => move(row, 'down'),

    'holdfast.removeQueued': async (row?: Queued) => {
      if (row === undefined) return;
      const { sessionId, turnId } = row;
      await connection.request('session/cancel', { sessionId, turnId });
    },
  };
}
