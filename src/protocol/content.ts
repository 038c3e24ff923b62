import * as z from 'zod';

/**
 * Content blocks, in ACP's shape (https://agentclientprotocol.com/protocol/content).
 * Sizes are bounded by the frame limit at the edges, not here.
 */
export const contentBlockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), data: z.string(), mimeType: z.string(), uri: z.string().nullish() }),
  z.object({ type: z.literal('audio'), data: z.string(), mimeType: z.string() }),
  z.object({
    type: z.literal('resource_link'),
    uri: z.string(),
    name: z.string(),
    title: z.string().nullish(),
    description: z.string().nullish(),
    mimeType: z.string().nullish(),
    size: z.number().nullish(),
  }),
  z.object({
    type: z.literal('resource'),
    resource: z.object({
      uri: z.string(),
      mimeType: z.string().nullish(),
      text: z.string().optional(),
      blob: z.string().optional(),
    }),
  }),
]);

/** One piece of a prompt or a message. */
export type ContentBlock = z.infer<typeof contentBlockSchema>;
