import type { ProcessMark } from './processTree.ts';

/** Told of every process tree that this process starts, and when nothing of it is left. */
export interface TreeFollower {
  started(mark: ProcessMark): void;
  ended(pid: number): void;
}

let follower: TreeFollower | undefined;

/**
 * Says who follows. A fact about the whole process, like its children themselves: there is one follower, set once at
 * start, and code that starts processes need not carry it along.
 */
export function followTrees(next: TreeFollower): void {
  follower = next;
}

/** For `ProcessTree` alone. */
export function treeStarted(mark: ProcessMark): void {
  follower?.started(mark);
}

/** For `ProcessTree` alone. */
export function treeEnded(pid: number): void {
  follower?.ended(pid);
}
