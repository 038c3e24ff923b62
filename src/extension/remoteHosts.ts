import type { Memento, SecretStorage } from 'vscode';
import { systemClock, type Clock } from '../base/clock.ts';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import type { Log, Remote } from '../client/index.ts';
import type { Remotes, ResolvedRemote } from '../client/remote.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { NotificationParams } from '../protocol/methods.ts';
import type { RemoteDefinitions } from './remoteSettings.ts';
import { loadInSlices } from './loadWire.ts';
import { memoryKeys, RemoteHost } from './remoteHost.ts';
import { RemoteTokens } from './remoteTokens.ts';
import type { SessionChange } from './sessionList.ts';
import type { Translate } from './words.ts';

/** What the remote hosts of a window are made of. */
export interface RemoteHostsOptions {
  /** The data directory: its `remotes.json` names hosts too, and paths of tokens and certificates start there. */
  readonly home: string;
  readonly memory: Memento;
  readonly secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>;
  readonly clientName: string;
  readonly log: Log;
  /** Whether a session is one of this machine: no host can take its place. */
  readonly isOwn: (sessionId: string) => boolean;
  /** Says what is wrong with one in the person’s language; default: English. */
  readonly t?: Translate;
  readonly clock?: Clock;
}

/** How long a `remotes.json` must stay broken until that is told, in milliseconds: who writes it in place is done by then. */
const SETTLED_MS = 2_000;

interface Known {
  readonly host: RemoteHost;
  /** As it is defined, to see whether that changed. */
  readonly definition: string;
  readonly owned: DisposableStore;
}

/**
 * The remote hosts of a window: those of the setting `holdfast.remotes` over those of `remotes.json`. Says which host a
 * session is on. None before `follow`, which Restricted Mode does not call (law 10). Owned by `activate`.
 */
export class RemoteHosts implements Disposable {
  readonly tokens: RemoteTokens;
  readonly #options: RemoteHostsOptions;
  readonly #changed = new Emitter<void>();
  readonly #looks = new Emitter<void>();
  readonly #moved = new Emitter<SessionChange>();
  #known = new Map<string, Known>();
  #fromFile: ReadonlySet<string> = new Set();
  #inFile: Remotes['remotes'] = {};
  #problems: Remotes['problems'] = [];
  #followed: Promise<void> = Promise.resolve();
  /** The setting that was to be followed last. */
  #setting: unknown;
  /** Reads a broken file once more. */
  #settling: Disposable | undefined;
  #disposed = false;
  #focus: NotificationParams<'window/focus'> | undefined;

  constructor(options: RemoteHostsOptions) {
    this.#options = options;
    this.tokens = new RemoteTokens(options.secrets);
  }

  /** All of them, in the order in which they are defined. */
  get all(): readonly RemoteHost[] {
    return [...this.#known.values()].map(({ host }) => host);
  }

  get(name: string): RemoteHost | undefined {
    return this.#known.get(name)?.host;
  }

  /** The host that a session is on; `undefined` for one of this machine, or of nobody. */
  hostOf(sessionId: string): RemoteHost | undefined {
    if (this.#known.size === 0 || this.#options.isOwn(sessionId)) return undefined;
    return this.all.find((host) => host.has(sessionId));
  }

  /** Whether a host is defined in `remotes.json` alone. */
  isFromFile(name: string): boolean {
    return this.#fromFile.has(name);
  }

  /** What is wrong in `remotes.json`, by the name of the host, or of the file: of one that cannot be read once it stays so. */
  get problems(): Remotes['problems'] {
    return this.#problems;
  }

  /** Resolves when the hosts are known that were followed last; at once where none were. */
  get followed(): Promise<void> {
    return this.#followed;
  }

  /**
   * Takes the hosts as the setting `holdfast.remotes` has them, one after the other. One whose definition is the same stays as it
   * is, broken ones are left out. Never rejects.
   */
  follow(setting: unknown): Promise<void> {
    this.#setting = setting;
    return this.#follow(setting, { isSettled: false });
  }

  #follow(setting: unknown, { isSettled }: { readonly isSettled: boolean }): Promise<void> {
    this.#followed = this.#followed.then(async () => {
      try {
        await loadInSlices();
        const { remoteDefinitions } = await import('./remoteSettings.ts');
        if (this.#disposed) return;
        const { home, clock = systemClock } = this.#options;
        const defined = remoteDefinitions(home, setting, this.#inFile);
        const isNew = defined.isBroken && !isSettled;
        this.#settling?.dispose();
        this.#settling = isNew
          ? clock.after(SETTLED_MS, () => void this.#follow(this.#setting, { isSettled: true }))
          : undefined;
        this.#take(isNew ? { ...defined, problems: this.#problems } : defined);
      } catch (error) {
        this.#options.log(`the remote hosts could not be read: ${errorText(error)}`);
      }
    });
    return this.#followed;
  }

  /** Forgets what is kept of a host that is no longer defined. */
  async forget(name: string): Promise<void> {
    await this.tokens.forget(name);
    const { known, opened } = memoryKeys(name);
    await this.#options.memory.update(known, undefined);
    await this.#options.memory.update(opened, undefined);
  }

  /** Tells each host whether the window has the focus, and the session before the person's eyes to the one that has it. */
  focus({ focused, sessionId }: NotificationParams<'window/focus'>): void {
    this.#focus = { focused, sessionId };
    const there = sessionId === undefined ? undefined : this.hostOf(sessionId);
    for (const host of this.all) host.focus(host === there ? { focused, sessionId } : { focused });
  }

  /** Tells that hosts came or went, that one is connected otherwise, or that its list changed. */
  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  /** The same, but for what no row shows: that an attempt to reach a host begins, and when the next one does. */
  readonly onLook: Listen<void> = (listener) => this.#looks.listen(listener);

  /** Tells each session of any host that changed. */
  readonly onSession: Listen<SessionChange> = (listener) => this.#moved.listen(listener);

  dispose(): void {
    this.#disposed = true;
    this.#settling?.dispose();
    for (const { owned } of this.#known.values()) owned.dispose();
    this.#known.clear();
    this.#changed.dispose();
    this.#looks.dispose();
    this.#moved.dispose();
  }

  #take({ remotes, fromFile, inFile, problems }: RemoteDefinitions): void {
    for (const { name, problem } of problems) this.#options.log(`${name}: ${problem}`);
    this.#fromFile = fromFile;
    this.#inFile = inFile;
    this.#problems = problems;
    const before = this.#known;
    this.#known = new Map();
    for (const [name, remote] of Object.entries(remotes)) {
      const definition = JSON.stringify(remote);
      const known = before.get(name);
      if (known?.definition === definition) this.#known.set(name, known);
      else this.#known.set(name, this.#make(name, remote, known));
    }
    for (const [name, { owned }] of before) if (this.#known.get(name)?.owned !== owned) owned.dispose();
    this.#changed.fire();
    this.#looks.fire();
  }

  #make(name: string, remote: Remote, before: Known | undefined): Known {
    const { clientName, home, memory, log, t } = this.#options;
    const owned = new DisposableStore();
    const host = owned.add(
      new RemoteHost({
        ...{ name, clientName, home, memory, log, t },
        resolve: () => this.#resolve(name, remote),
      }),
    );
    let look = '';
    owned.add(
      host.onChange(() => {
        this.#changed.fire();
        const { nextAttemptAt: _, ...shown } = host.view;
        const now = JSON.stringify(shown);
        if (now !== look) this.#looks.fire();
        look = now;
      }),
    );
    owned.add(
      host.sessions.onChange(() => {
        this.#changed.fire();
        this.#looks.fire();
      }),
    );
    owned.add(host.sessions.onSession((change) => this.#moved.fire(change)));
    if (this.#focus !== undefined) host.focus({ focused: this.#focus.focused });
    if (before?.host.isWanted === true) host.want();
    return { host, definition: JSON.stringify(remote), owned };
  }

  /** What a person signed in with wins over what stands in a file. */
  async #resolve(name: string, remote: Remote): Promise<ResolvedRemote> {
    const { home } = this.#options;
    const token = await this.tokens.get(name);
    if ((token ?? remote.token ?? remote.tokenFile ?? process.env['HOLDFAST_TOKEN']) === undefined) {
      throw new HoldfastError('accessRefused', `the remote ${name} needs a token, and none is kept for it`, {
        remote: name,
      });
    }
    const { resolveRemote } = await import('../client/remote.ts');
    return resolveRemote(token === undefined ? remote : { ...remote, token }, { home, name });
  }
}
