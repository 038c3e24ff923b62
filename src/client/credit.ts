import type { Channel } from './channel.ts';

/** What credit needs of a channel. */
export type CreditChannel = Pick<Channel, 'notify' | 'generation' | 'state'>;

/**
 * What one frame of events costs (law 7). It is given back to the runtime when everybody who retained it has released
 * it, so that what is held in memory anywhere on this side is bounded by the window.
 */
export interface Charge {
  /** About what one envelope of the frame weighs, in bytes. */
  readonly each: number;
  retain(): void;
  release(): void;
}

/**
 * Starts the charge of one frame, retained once by the caller. It is void when its connection is gone: a new one begins
 * with a whole window.
 */
export function chargeOf(channel: CreditChannel, bytes: number, envelopes: number): Charge {
  const { generation } = channel;
  let holders = 1;
  return {
    each: bytes / Math.max(1, envelopes),
    retain() {
      holders++;
    },
    release() {
      if (--holders > 0 || channel.generation !== generation || channel.state !== 'connected') return;
      channel.notify('feed/credit', { bytes });
    },
  };
}
