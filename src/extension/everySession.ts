import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { Summary } from '../protocol/summary.ts';
import type { RemoteHost } from './remoteHost.ts';
import type { RemoteHosts } from './remoteHosts.ts';
import type { RuntimeSessions, SessionChange, SessionList } from './sessionList.ts';
import { mergeSorted } from './mergeSorted.ts';
import { compareSessions, countSessions, type Counts } from './sessionOrder.ts';

/** The sessions of this machine and of all remote hosts as one list. Owned by `activate`. */
export class EverySession implements SessionList, Disposable {
  readonly #own: RuntimeSessions;
  readonly #hosts: RemoteHosts;
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly #moved = new Emitter<SessionChange>();
  #sorted: readonly Summary[] | undefined;
  #counts: Counts | undefined;

  constructor({ own, hosts }: { readonly own: RuntimeSessions; readonly hosts: RemoteHosts }) {
    this.#own = own;
    this.#hosts = hosts;
    const forget = (): void => {
      this.#sorted = undefined;
      this.#counts = undefined;
    };
    const tell = (): void => {
      forget();
      this.#changed.fire();
    };
    const move = (change: SessionChange): void => {
      forget();
      this.#moved.fire(change);
    };
    this.#owned.add(own.onChange(tell));
    this.#owned.add(hosts.onChange(tell));
    this.#owned.add(own.onSession(move));
    this.#owned.add(hosts.onSession(move));
  }

  get loaded(): boolean {
    return this.#own.loaded;
  }

  get counts(): Counts {
    this.#counts ??= this.#count();
    return this.#counts;
  }

  get(sessionId: string): Summary | undefined {
    return this.#own.get(sessionId) ?? this.#hosts.hostOf(sessionId)?.sessions.get(sessionId);
  }

  sorted(): readonly Summary[] {
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }

  hostOf(sessionId: string): string | undefined {
    return this.#hosts.hostOf(sessionId)?.name;
  }

  hasMore(part: 'current' | 'archived'): boolean {
    return this.#own.hasMore(part);
  }

  async loadMore(part: 'current' | 'archived'): Promise<void> {
    await this.#own.loadMore(part);
  }

  /** A host that fails keeps nothing from the others. */
  async find(text: string): Promise<void> {
    const far = this.#hosts.all
      .filter(({ view }) => view.state === 'connected')
      .map((host) => host.sessions.find(text).catch(() => undefined));
    await Promise.all([this.#own.find(text), ...far]);
  }

  isHidden(sessionId: string): boolean {
    return this.#listOf(sessionId).isHidden(sessionId);
  }

  hide(sessionId: string, hidden: boolean): void {
    // Where one is that is deleted by now is not known any more.
    const lists = hidden
      ? [this.#listOf(sessionId)]
      : [this.#own, ...this.#hosts.all.map((host) => host.sessions)];
    for (const list of lists) list.hide(sessionId, hidden);
  }

  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  readonly onSession: Listen<SessionChange> = (listener) => this.#moved.listen(listener);

  dispose(): void {
    this.#owned.dispose();
    this.#changed.dispose();
    this.#moved.dispose();
  }

  #listOf(sessionId: string): RuntimeSessions {
    return this.#hosts.hostOf(sessionId)?.sessions ?? this.#own;
  }

  /** What is known of a host that is not connected may be long past: it counts nothing. */
  #count(): Counts {
    const far = countSessions(
      this.#hosts.all.flatMap((host) => (host.view.state === 'connected' ? this.#of(host) : [])),
    );
    const { working, needsYou, failed } = this.#own.counts;
    return {
      working: working + far.working,
      needsYou: needsYou + far.needsYou,
      failed: failed + far.failed,
    };
  }

  /** Each list is kept in order while its sessions change: nothing is sorted anew. */
  #sort(): readonly Summary[] {
    const far = this.#hosts.all.map((host) => this.#of(host)).filter(({ length }) => length > 0);
    return far.reduce((all, each) => mergeSorted(all, each, compareSessions), this.#own.sorted());
  }

  /** Those that are a host's own here: a session that is known twice belongs to one. */
  #of(host: RemoteHost): readonly Summary[] {
    return host.sessions.sorted().filter(({ sessionId }) => this.#hosts.hostOf(sessionId) === host);
  }
}
