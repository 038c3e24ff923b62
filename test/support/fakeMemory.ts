import type { Memento } from 'vscode';

/** What the editor keeps for an extension, without an editor. */
export function fakeMemory(): Memento {
  const kept = new Map<string, unknown>();
  function get<T>(key: string): T | undefined;
  function get<T>(key: string, other: T): T;
  function get(key: string, other?: unknown): unknown {
    return kept.get(key) ?? other;
  }
  return {
    get,
    keys: () => [...kept.keys()],
    update(key, value) {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
      return Promise.resolve();
    },
  };
}
