import type { ProcessMark } from './processTree.ts';

/** Told of every process tree that this process starts, and when nothing of it is left. */
export interface TreeFollower {
  /** A process is about to be started; it will carry this name in its environment. */
  starting(name: string): void;
  /** It was started, and told of, or could not be. */
  settled(name: string): void;
  started(mark: ProcessMark): void;
  ended(pid: number): void;
}

let follower: TreeFollower | undefined;
let lastStart = 0;

/** The variable by which a process is found whose start was the last thing its runtime did. */
export const START_VARIABLE = 'HOLDFAST_START';

/** A process that is about to be started. */
export interface Starting {
  /** Goes into its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** To be called when its tree was told of, or when it could not be started. */
  settle(): void;
}

/**
 * Says that a process is about to be started: a runtime that is killed between the start and its being written down has
 * at least left word of it.
 */
export function treeStarting(): Starting {
  const name = `${process.pid}-${Date.now().toString(36)}-${++lastStart}`;
  follower?.starting(name);
  let pending = true;
  const settle = (): void => {
    if (pending) follower?.settled(name);
    pending = false;
  };
  return { env: { [START_VARIABLE]: name }, settle };
}

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
