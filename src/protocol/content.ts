import * as z from 'zod';
import type { BlobRef } from './blob.ts';

/** Where a content that is too large for an event is whole: see `blob/read`. */
export const blobRefSchema: z.ZodType<BlobRef, BlobRef> = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().min(0),
});

const blob = blobRefSchema.optional();

/**
 * Content blocks, in ACP's shape (https://agentclientprotocol.com/protocol/content).
 * Sizes are bounded by the frame limit at the edges, not here. With `blob`, the block holds a preview or nothing, and the blob
 * all of it: the text in UTF-8, or the bytes that `data` is the base64 of.
 */
export const contentBlockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), blob }),
  z.object({
    type: z.literal('image'),
    data: z.string(),
    mimeType: z.string(),
    uri: z.string().nullish(),
    blob,
  }),
  z.object({ type: z.literal('audio'), data: z.string(), mimeType: z.string(), blob }),
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
    blob,
  }),
]);

/** One piece of a prompt or a message. */
export type ContentBlock = z.infer<typeof contentBlockSchema>;
