import * as vscode from 'vscode';
import { homedir } from 'node:os';
import { posix } from 'node:path';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { fuzzyBest } from '../base/fuzzy.ts';
import {
  IMAGE_TYPES,
  LARGEST_IMAGE,
  type ComposerAsk,
  type Mention,
  type PickedFiles,
} from '../protocol/composer.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { FromPage, ToPage } from '../protocol/page.ts';
import { EditorContext } from './editorContext.ts';
import { hereOf } from './hereOf.ts';
import type { SessionId } from '../protocol/ids.ts';
import { WorkspacePaths } from './mentions.ts';
import { pageError } from './pageRelay.ts';
import { nameFrom } from './sentFiles.ts';
import { sessionContent, sessionMentions, type SessionMentionParts } from './sessionMentions.ts';
import { TerminalOutputs } from './terminalOutputs.ts';

/** Symbols in an answer. */
const MOST_SYMBOLS = 20;
/** How long language services may take to find symbols, in milliseconds. */
const SYMBOLS_MS = 3_000;

/** Sessions and terminals in an answer. */
const MOST_ELSEWHERE = 8;

/** Who asks, and the session that it shows. */
export interface Asker {
  readonly sessionId: SessionId | undefined;
}

/** Answers what composers ask of the editor. One for all pages of a window; each page’s questions are its own. */
export class ComposerAsks implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #paths = this.#owned.add(new WorkspacePaths());
  readonly #editor = this.#owned.add(new EditorContext());
  readonly #terminals = this.#owned.add(new TerminalOutputs());
  readonly #parts: SessionMentionParts;
  /** The last question of each kind, by who asked. */
  readonly #asked = new WeakMap<object, Map<ComposerAsk['kind'], vscode.CancellationTokenSource>>();

  constructor(parts: SessionMentionParts) {
    this.#parts = parts;
  }

  /** Answers a question about a session in a working directory of this machine, or on a remote host. Never rejects. */
  async answer(
    asker: Asker,
    { requestId, ask }: Extract<FromPage, { type: 'ask' }>,
    folder: string | undefined,
    host?: string,
  ): Promise<Extract<ToPage, { type: 'response' }>> {
    const source = this.#begin(asker, ask.kind);
    try {
      const directory = folder === undefined ? undefined : vscode.Uri.file(folder);
      const result =
        host !== undefined
          ? await this.#elsewhere(ask, host, asker)
          : directory === undefined
            ? []
            : await this.#result(ask, { directory, asker, token: source.token });
      return { type: 'response', requestId, result };
    } catch (error) {
      return { type: 'response', requestId, error: pageError(error, vscode.l10n.t) };
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** A newer question of a kind cancels the one before. */
  #begin(asker: object, kind: ComposerAsk['kind']): vscode.CancellationTokenSource {
    const asked = this.#asked.get(asker) ?? new Map<ComposerAsk['kind'], vscode.CancellationTokenSource>();
    this.#asked.set(asker, asked);
    asked.get(kind)?.cancel();
    const source = new vscode.CancellationTokenSource();
    asked.set(kind, source);
    return source;
  }

  /** What can go to a session on another machine: what is selected, what is wrong, and images; no path of this one. */
  async #elsewhere(ask: ComposerAsk, host: string, asker: Asker): Promise<unknown> {
    switch (ask.kind) {
      case 'files': {
        const around = fuzzyBest(ask.query, this.#editor.mentions(), ({ name }) => name, 2);
        return [...around, ...this.#others(ask.query, asker)];
      }
      case 'symbols':
        return [];
      case 'content':
        return this.#text(ask, undefined);
      case 'dropped':
        throw notThere(host);
      case 'pick': {
        const picked = await pick(ask.images, vscode.Uri.file(homedir()));
        if (picked.mentions.length > 0) throw notThere(host);
        return picked;
      }
    }
  }

  /** Terminals and other sessions that can be mentioned. */
  #others(query: string, { sessionId }: Asker): Mention[] {
    const others = [...this.#terminals.mentions(), ...sessionMentions(this.#parts, sessionId)];
    return fuzzyBest(query, others, ({ name }) => name, MOST_ELSEWHERE);
  }

  /** What something says that is no file, to a session in a directory of this machine; of none for one elsewhere. */
  async #text(
    { of, uri }: Extract<ComposerAsk, { kind: 'content' }>,
    cwd: string | undefined,
  ): Promise<ContentBlock | undefined> {
    if (of === 'session') return sessionContent(this.#parts, uri);
    return of === 'terminal' ? this.#terminals.content(uri) : this.#editor.content(of, uri, cwd);
  }

  async #result(
    ask: ComposerAsk,
    {
      directory,
      asker,
      token,
    }: {
      readonly directory: vscode.Uri;
      readonly asker: Asker;
      readonly token: vscode.CancellationToken;
    },
  ): Promise<unknown> {
    switch (ask.kind) {
      case 'files': {
        const { query } = ask;
        const around = fuzzyBest(query, this.#editor.mentions(), ({ name }) => name, 2);
        const others = this.#others(query, asker);
        const paths = await this.#paths.find(directory, query, token);
        // Who names the kind means it; otherwise files come first.
        const named = /^(session|terminal):/u.test(query);
        return named ? [...others, ...around, ...paths] : [...around, ...paths, ...others];
      }
      case 'symbols':
        return symbols(ask.query, directory, token);
      case 'content':
        return this.#text(ask, directory.fsPath);
      case 'dropped':
        return Promise.all(ask.uris.map((uri) => mentionOf(hereOf(uri), directory)));
      case 'pick':
        return pick(ask.images, directory);
    }
  }
}

function notThere(host: string): Error {
  return new Error(
    vscode.l10n.t('Files of this machine are not on {0}. Send a selection instead, or an image.', host),
  );
}

/** What language services find; one that is slow is not waited for. */
async function symbols(
  query: string,
  directory: vscode.Uri,
  token: vscode.CancellationToken,
): Promise<Mention[]> {
  const found = await Promise.race([
    vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
      'vscode.executeWorkspaceSymbolProvider',
      query,
    ),
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), SYMBOLS_MS)),
  ]);
  if (token.isCancellationRequested) return [];
  return fuzzyBest(query, found ?? [], ({ name }) => name, MOST_SYMBOLS).map(({ name, location }) => {
    const { uri, range } = location;
    const from = range.start.line + 1;
    return {
      kind: 'symbol',
      name,
      detail: `${nameFrom(uri, directory.fsPath)}:${from}`,
      uri: uri.toString(),
      from,
      to: range.end.line + 1,
    };
  });
}

/** Lets the person choose files. Images come with what is in them, if the agent takes images. */
async function pick(images: boolean, directory: vscode.Uri): Promise<PickedFiles> {
  const files = await vscode.window.showOpenDialog({
    defaultUri: directory,
    canSelectMany: true,
    openLabel: vscode.l10n.t('Attach'),
    title: vscode.l10n.t('Attach Files'),
  });
  const picked = {
    mentions: [] as Mention[],
    images: [] as PickedFiles['images'][number][],
    tooLarge: [] as string[],
  };
  for (const file of files ?? []) {
    const name = posix.basename(file.path);
    const mimeType = images ? IMAGE_TYPES[posix.extname(name).slice(1).toLowerCase()] : undefined;
    if (mimeType === undefined) picked.mentions.push(await mentionOf(file, directory));
    else if ((await vscode.workspace.fs.stat(file)).size > LARGEST_IMAGE) picked.tooLarge.push(name);
    else {
      const data = Buffer.from(await vscode.workspace.fs.readFile(file)).toString('base64');
      picked.images.push({ name, block: { type: 'image', data, mimeType } });
    }
  }
  return picked;
}

async function mentionOf(uri: vscode.Uri, directory: vscode.Uri): Promise<Mention> {
  const stat = await vscode.workspace.fs.stat(uri).then(
    ({ type }) => type,
    () => vscode.FileType.File,
  );
  const isFolder = (stat & vscode.FileType.Directory) !== 0;
  const name = nameFrom(uri, directory.fsPath);
  return { kind: isFolder ? 'folder' : 'file', name: isFolder ? `${name}/` : name, uri: uri.toString() };
}
