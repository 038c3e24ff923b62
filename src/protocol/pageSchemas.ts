import * as z from 'zod';
import { LARGEST_IMAGE, MOST_IMAGES } from './composer.ts';
import { composerAskSchema } from './composerSchemas.ts';
import { blobRefSchema } from './content.ts';
import { sessionIdSchema } from './idSchemas.ts';
import { PAGE_METHODS, type DraftImage, type FromPage } from './page.ts';

const actions = [
  'newSession',
  'chooseAgent',
  'switchSession',
  'openInEditor',
  'renameSession',
  'undoDelete',
  'restartAgent',
  'signInAgent',
  'manageAgents',
  'doctor',
  'retry',
  'showLog',
  'restartRuntime',
  'signInRemote',
  'manageTrust',
] as const;

const textSource = z.object({ text: z.string(), blob: blobRefSchema.optional() });

/** Images of a draft, as the extension keeps and reads them. */
export const draftImagesSchema: z.ZodType<readonly DraftImage[]> = z
  .array(
    z.object({
      name: z.string().max(1000),
      block: z.object({
        type: z.literal('image'),
        data: z.string().max(Math.ceil((LARGEST_IMAGE * 4) / 3) + 4),
        mimeType: z.string().max(200),
        blob: blobRefSchema.optional(),
      }),
    }),
  )
  .max(MOST_IMAGES);

/** What a page says, as the extension reads it: a page shows hostile text, so nothing it says is taken on trust (S2). */
export const fromPageSchema: z.ZodType<FromPage> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('focused') }),
  z.object({ type: z.literal('took'), deliveryId: z.number().int() }),
  z.object({
    type: z.literal('request'),
    requestId: z.number().int(),
    sessionId: sessionIdSchema,
    method: z.enum(PAGE_METHODS),
    params: z.record(z.string(), z.unknown()),
  }),
  z.object({ type: z.literal('ask'), requestId: z.number().int(), ask: composerAskSchema }),
  z.object({ type: z.literal('action'), action: z.enum(actions) }),
  z.object({ type: z.literal('signIn'), methodId: z.string().max(200) }),
  z.object({ type: z.literal('openSession'), sessionId: sessionIdSchema }),
  z.object({ type: z.literal('openLink'), href: z.string().max(4096) }),
  z.object({
    type: z.literal('openLocation'),
    path: z.string().max(4096),
    line: z.number().int().optional(),
  }),
  z.object({ type: z.literal('keepImages'), sessionId: sessionIdSchema, images: draftImagesSchema }),
  z.object({ type: z.literal('draft'), sessionId: sessionIdSchema, text: z.string().optional() }),
  z.object({ type: z.literal('letGo'), sessionId: sessionIdSchema, text: z.string() }),
  z.object({ type: z.literal('copy'), text: z.string() }),
  z.object({ type: z.literal('insertCode'), code: z.string() }),
  z.object({ type: z.literal('applyCode'), code: z.string(), file: z.string().max(4096).optional() }),
  z.object({ type: z.literal('openText'), name: z.string().max(4096), source: textSource }),
  z.object({
    type: z.literal('openDiff'),
    file: z.string().max(4096),
    before: textSource,
    after: textSource,
  }),
]);
