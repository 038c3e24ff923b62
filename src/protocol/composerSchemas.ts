import * as z from 'zod';
import { LONGEST_QUERY, MENTIONED_TEXTS, MOST_DROPPED, type ComposerAsk } from './composer.ts';

const uri = z.string().max(4096);
const query = z.string().max(LONGEST_QUERY);

/** What a composer asks, as the extension reads it (S2). */
export const composerAskSchema: z.ZodType<ComposerAsk> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('files'), query }),
  z.object({ kind: z.literal('symbols'), query }),
  z.object({ kind: z.literal('content'), of: z.enum(MENTIONED_TEXTS), uri }),
  z.object({ kind: z.literal('dropped'), uris: z.array(uri).max(MOST_DROPPED) }),
  z.object({ kind: z.literal('pick'), images: z.boolean() }),
]);
