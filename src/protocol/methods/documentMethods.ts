import * as z from 'zod';

const position = z.object({ line: z.number().int().min(0), character: z.number().int().min(0) });

/**
 * What a window says of its open documents: LSP's text synchronisation, for documents that the runtime registered for.
 * Ours is `dirty`: whether the window has unsaved edits in the text that the notification leads to.
 */
export const documentNotificationSchemas = {
  'textDocument/didOpen': {
    params: z.object({
      textDocument: z.object({ uri: z.string(), version: z.number().int(), text: z.string() }),
      dirty: z.boolean().default(false),
    }),
    describe: 'LSP: a document is open in this window. `dirty` tells of unsaved edits.',
  },
  'textDocument/didChange': {
    params: z.object({
      textDocument: z.object({ uri: z.string(), version: z.number().int() }),
      contentChanges: z.array(
        z.object({ range: z.object({ start: position, end: position }).optional(), text: z.string() }),
      ),
      dirty: z.boolean().default(true),
    }),
    describe:
      'LSP, incremental: what changed in a document, and whether its text is unsaved now. No changes at all: only that.',
  },
  'textDocument/didSave': {
    params: z.object({ textDocument: z.object({ uri: z.string() }) }),
    describe: 'LSP: a document was saved.',
  },
  'textDocument/didClose': {
    params: z.object({ textDocument: z.object({ uri: z.string() }) }),
    describe: 'LSP: a document is no longer open in this window, or no longer synchronised.',
  },
} as const;

/** The name of what a window says of a document. */
export type DocumentNotification = keyof typeof documentNotificationSchemas;
/** What the runtime reads of one. */
export type DocumentNotificationParams<N extends DocumentNotification> = z.output<
  (typeof documentNotificationSchemas)[N]['params']
>;

/**
 * The requests that the runtime makes of a client, apart from LSP's `client/registerCapability` and
 * `client/unregisterCapability`: only of windows that synchronise documents, and never about sessions (law 2).
 */
export const windowRequestSchemas = {
  'document/write': {
    params: z.object({
      uri: z.string(),
      text: z.string(),
      /** The version that the runtime knows; another one in the window means that it knows too little. */
      baseVersion: z.number().int(),
      /** A person agreed to lose what is unsaved. */
      overwrite: z.boolean().default(false),
    }),
    result: z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('written'), version: z.number().int() }),
      z.object({ outcome: z.literal('dirty'), version: z.number().int() }),
      z.object({ outcome: z.literal('changed'), version: z.number().int() }),
      z.object({ outcome: z.literal('closed') }),
      z.object({ outcome: z.literal('failed'), reason: z.string() }),
    ]),
    describe:
      'Gives an open document a new text, as an edit that can be undone, and saves it. `dirty`: unsaved edits are there, and nothing was done; `changed`: the window has another version, and nothing was done.',
  },
} as const;

/** The name of a request that the runtime makes of a window. */
export type WindowRequest = keyof typeof windowRequestSchemas;
/** What the runtime sends. */
export type WindowRequestParams<M extends WindowRequest> = z.output<
  (typeof windowRequestSchemas)[M]['params']
>;
/** What a window answers. */
export type WindowRequestResult<M extends WindowRequest> = z.output<
  (typeof windowRequestSchemas)[M]['result']
>;

/** A document with a longer text, in UTF-16 units, is left out: it is read from and written to the disk. */
export const LONGEST_DOCUMENT = 4 * 1024 * 1024;
/** So many documents of one window are synchronised at most. */
export const MOST_DOCUMENTS = 500;
/** Together they are at most this long, in UTF-16 units. */
export const LONGEST_TOGETHER = 64 * 1024 * 1024;
