import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  documentNotificationSchemas,
  LONGEST_DOCUMENT,
  LONGEST_TOGETHER,
  MOST_DOCUMENTS,
  type DocumentNotification,
  type DocumentNotificationParams as Params,
} from '../../protocol/methods/documentMethods.ts';
import { parseParams } from '../../protocol/parseParams.ts';
import { fileOfUri } from './fileUri.ts';
import { realPathOf } from './realPath.ts';

/** A document as a window has it. It keeps its last state when the window goes. */
export interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  /** What is in it; `undefined` for one that is too large to be followed. */
  readonly text: string | undefined;
  /** Whether its text is unsaved. */
  readonly isDirty: boolean;
  /** The higher, the later a person changed it there; 0 when nobody did. */
  readonly changed: number;
}

interface Entry {
  readonly uri: string;
  version: number;
  /** Absent where it is too large: that it is open, and whether it is unsaved, is known all the same. */
  text: TextDocument | undefined;
  isDirty: boolean;
  changed: number;
  length: number;
  /** Its real path, once that is known to be in a session's directories. */
  file: string | undefined;
}

/** Documents of which it is known that they are open, those included that are not followed. */
const MOST_KNOWN = 20 * MOST_DOCUMENTS;

/** What the documents of a window are kept with. */
export interface WindowDocumentsOptions {
  /** Whether a real path is in the directories of a live session. */
  isWanted(file: string): boolean;
  /** The next number for a change, higher than all before, of whatever window. */
  nextChange(): number;
}

/**
 * The open documents of one window, as LSP's synchronisation tells of them: bounded, only those in the directories of live
 * sessions, and never written down anywhere (A5). Owned by the window's connection.
 */
export class WindowDocuments {
  readonly #options: WindowDocumentsOptions;
  readonly #entries = new Map<string, Entry>();
  /** Paths that are still being resolved. */
  readonly #resolving = new Set<Promise<void>>();
  #length = 0;

  constructor(options: WindowDocumentsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Takes one notification. Throws `invalidParams` when it cannot be read. */
  take(method: DocumentNotification, params: unknown): void {
    const schemas = documentNotificationSchemas;
    switch (method) {
      case 'textDocument/didOpen':
        return this.#opened(parseParams(method, schemas[method].params, params));
      case 'textDocument/didChange':
        return this.#changed(parseParams(method, schemas[method].params, params));
      case 'textDocument/didSave':
        return this.#saved(parseParams(method, schemas[method].params, params).textDocument.uri);
      case 'textDocument/didClose':
        return this.#forget(parseParams(method, schemas[method].params, params).textDocument.uri);
    }
  }

  /** The document of a real path, if this window has it open. */
  async find(file: string): Promise<OpenDocument | undefined> {
    await Promise.all(this.#resolving);
    for (const entry of this.#entries.values()) if (entry.file === file) return shown(entry);
    return undefined;
  }

  /** Forgets what is in no session's directories any more. */
  prune(): void {
    for (const { uri, file } of [...this.#entries.values()])
      if (file !== undefined && !this.#options.isWanted(file)) this.#forget(uri);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#entries.clear();
    this.#length = 0;
  }

  #opened({ textDocument, dirty }: Params<'textDocument/didOpen'>): void {
    const { uri, version, text } = textDocument;
    this.#forget(uri);
    const file = fileOfUri(uri);
    if (file === undefined || this.#entries.size >= MOST_KNOWN) return;
    const isFollowed = this.#fits(text.length) && this.#followed < MOST_DOCUMENTS;
    const entry: Entry = {
      uri,
      version,
      text: isFollowed ? TextDocument.create(uri, '', version, text) : undefined,
      isDirty: dirty,
      // Unsaved edits from before are a person's, though nobody saw them come.
      changed: dirty ? this.#options.nextChange() : 0,
      length: isFollowed ? text.length : 0,
      file: undefined,
    };
    this.#entries.set(uri, entry);
    this.#length += entry.length;
    const resolving = this.#resolve(entry, file).finally(() => this.#resolving.delete(resolving));
    this.#resolving.add(resolving);
  }

  async #resolve(entry: Entry, file: string): Promise<void> {
    const real = await realPathOf(file).catch(() => undefined);
    if (real !== undefined && this.#options.isWanted(real)) entry.file = real;
    else if (this.#entries.get(entry.uri) === entry) this.#forget(entry.uri);
  }

  #changed({
    textDocument: { uri, version },
    contentChanges,
    dirty,
  }: Params<'textDocument/didChange'>): void {
    const entry = this.#entries.get(uri);
    // A change that is told twice, once for each of two registrations, is made once.
    if (entry === undefined || version < entry.version) return;
    if (contentChanges.length > 0 && version > entry.version) {
      entry.version = version;
      this.#follow(entry, contentChanges);
      // A text that came from the disk, because another window saved it, was changed there and not here.
      if (dirty) entry.changed = this.#options.nextChange();
    }
    entry.isDirty = dirty;
  }

  /** Makes changes in the text, for as long as it is not too large. */
  #follow(entry: Entry, changes: Params<'textDocument/didChange'>['contentChanges']): void {
    if (entry.text === undefined) return;
    entry.text = TextDocument.update(
      entry.text,
      changes.map(({ range, text }) => (range === undefined ? { text } : { range, text })),
      entry.version,
    );
    this.#length -= entry.length;
    entry.length = entry.text.getText().length;
    this.#length += entry.length;
    if (entry.length <= LONGEST_DOCUMENT && this.#length <= LONGEST_TOGETHER) return;
    this.#length -= entry.length;
    entry.length = 0;
    entry.text = undefined;
  }

  #saved(uri: string): void {
    const entry = this.#entries.get(uri);
    if (entry !== undefined) entry.isDirty = false;
  }

  #forget(uri: string): void {
    const entry = this.#entries.get(uri);
    if (entry === undefined) return;
    this.#entries.delete(uri);
    this.#length -= entry.length;
  }

  get #followed(): number {
    return [...this.#entries.values()].filter(({ text }) => text !== undefined).length;
  }

  #fits(length: number): boolean {
    return length <= LONGEST_DOCUMENT && this.#length + length <= LONGEST_TOGETHER;
  }
}

/** A view that follows its document. */
function shown(entry: Entry): OpenDocument {
  return {
    uri: entry.uri,
    get version() {
      return entry.version;
    },
    get text() {
      return entry.text?.getText();
    },
    get isDirty() {
      return entry.isDirty;
    },
    get changed() {
      return entry.changed;
    },
  };
}
