/**
 * Loads all that `wire.ts` needs, piece by piece, in the order of evaluation. The build fills it in (scripts/slices.mjs); where
 * modules are run as they are, nothing is loaded ahead.
 */
export const slices: readonly (() => Promise<unknown>)[] = [];
