import { HoldfastError } from '../../protocol/errors.ts';
import type { Clock } from '../../base/clock.ts';

/** What an install tells while it goes on. */
export interface Progress {
  readonly step: 'downloading' | 'unpacking' | 'installing';
  readonly doneBytes?: number | undefined;
  readonly totalBytes?: number | undefined;
}

/** What the ways of installing are given. */
export interface Installing {
  /** The agent’s name, for words. */
  readonly name: string;
  /** An empty folder, which becomes the agent's when all went well. */
  readonly folder: string;
  /** The person's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
  /** Something the person should know of an install that went well. */
  warn(text: string): void;
}

/** What came of it, by paths inside the folder. */
export interface Placed {
  readonly program: string;
  readonly isNodeScript: boolean;
}

/** An install that failed, with what helps. */
export function installFailed(
  text: string,
  details: Record<string, unknown> = {},
  cause?: unknown,
): HoldfastError {
  return new HoldfastError('agentInstallFailed', text, details, cause);
}

/** Throws `aborted` where nobody wants it any more. */
export function refuseAborted({ signal, name }: Pick<Installing, 'signal' | 'name'>): void {
  if (signal.aborted) throw new HoldfastError('aborted', `The install of ${name} was cancelled.`);
}
