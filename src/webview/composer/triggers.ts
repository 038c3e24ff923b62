/** What a person is typing that can be completed: where it begins, and what stands there so far. */
export interface Trigger {
  readonly kind: 'command' | 'mention';
  readonly from: number;
  readonly query: string;
}

/** What the text up to the cursor asks for: a slash at its very beginning, or an `@` at the beginning of a word. Pure. */
export function triggerOf(before: string): Trigger | undefined {
  const command = /^\/([^\s/]*)$/.exec(before);
  if (command !== null) return { kind: 'command', from: 0, query: command[1] ?? '' };
  const mention = /(?:^|[\s([{"'])@([^\s@]*)$/.exec(before);
  if (mention === null) return undefined;
  const query = mention[1] ?? '';
  return { kind: 'mention', from: before.length - query.length - 1, query };
}
