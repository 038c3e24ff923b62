import type { ContentBlock } from './content.ts';

/** Something of the workspace that a prompt can point to. Lines count from 1. */
export interface Mention {
  readonly kind: 'file' | 'folder' | 'symbol' | 'selection' | 'problems' | 'session' | 'terminal';
  /** How it stands in the text after `@`: for files and folders their path from the working directory. */
  readonly name: string;
  /** Where it is, or how much there is of it, for a person. */
  readonly detail?: string | undefined;
  readonly uri: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** What is mentioned as a text of its own, and not by its address. */
export const MENTIONED_TEXTS = [
  'selection',
  'problems',
  'session',
  'terminal',
] as const satisfies readonly Mention['kind'][];
export type MentionedText = (typeof MENTIONED_TEXTS)[number];

/**
 * What a composer asks of the editor itself, always about the session that is shown. A newer question of the same kind
 * cancels the one before, whose answer is then empty.
 */
export type ComposerAsk =
  /** Files, folders, what is selected or wrong in the text editor, terminals and sessions that fit what was typed: `Mention[]`. */
  | { readonly kind: 'files'; readonly query: string }
  /** Symbols of the workspace: `Mention[]`. */
  | { readonly kind: 'symbols'; readonly query: string }
  /** What something says that is no file: a `ContentBlock`, or nothing where it is not there any more. */
  | { readonly kind: 'content'; readonly of: MentionedText; readonly uri: string }
  /** What was dropped from the editor’s explorer: `Mention[]`. */
  | { readonly kind: 'dropped'; readonly uris: readonly string[] }
  /** Lets the person choose files: `PickedFiles`. */
  | { readonly kind: 'pick'; readonly images: boolean };

/** Files that a person chose: images with what is in them where they were asked for, others to be pointed to. */
export interface PickedFiles {
  readonly mentions: readonly Mention[];
  readonly images: readonly { readonly name: string; readonly block: ContentBlock }[];
  /** Images that are larger than a prompt may carry. */
  readonly tooLarge: readonly string[];
}

/** Characters of a query that are looked at. */
export const LONGEST_QUERY = 200;
/** Paths that can be dropped at once. */
export const MOST_DROPPED = 50;
/** The largest image that a prompt carries, in bytes. */
export const LARGEST_IMAGE = 5 * 1024 * 1024;
/** Images that go with one prompt. */
export const MOST_IMAGES = 10;
/** Images of these types are sent as such. */
export const IMAGE_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};
