/** A range of protocol versions, both ends included. */
export interface ProtocolRange {
  readonly min: number;
  readonly max: number;
}

/** What this build speaks. Apart from the product's version: it moves only when the wire does. */
export const PROTOCOL: ProtocolRange = { min: 1, max: 1 };

/** The newest version both ranges hold, or `undefined` when they do not meet. */
export function negotiate(mine: ProtocolRange, theirs: ProtocolRange): number | undefined {
  const version = Math.min(mine.max, theirs.max);
  return version >= Math.max(mine.min, theirs.min) ? version : undefined;
}
