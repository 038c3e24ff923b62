import type { Mention } from '../../protocol/composer.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import type { ComposerModel } from './model.ts';

const icons: Readonly<Record<Mention['kind'], string>> = {
  file: 'file',
  folder: 'folder',
  symbol: 'symbol-method',
  selection: 'selection',
  problems: 'warning',
  session: 'comment-discussion',
  terminal: 'terminal',
};

/** The codicon of what is mentioned. */
export function iconOf({ kind }: Mention): string {
  return icons[kind];
}

/** How a mention stands in the text. */
export function tokenOf({ name }: Mention): string {
  return `@${name}`;
}

/** What the agent gets for a file, a folder or a symbol: a link, with the lines of a symbol in its fragment. Pure. */
export function mentionBlock({ name, uri, from, to }: Mention): ContentBlock {
  const lines = from === undefined ? '' : `#L${from}${to === undefined || to === from ? '' : `-L${to}`}`;
  return { type: 'resource_link', uri: `${uri}${lines}`, name };
}

/** Adds what is mentioned to what goes with the text, in the place of an earlier mention of the same. */
export function attach({ attachments }: ComposerModel, mention: Mention, block: ContentBlock): void {
  const token = tokenOf(mention);
  const others = attachments.peek().filter((attachment) => attachment.token !== token);
  attachments.value = [...others, { icon: iconOf(mention), name: mention.name, token, block }];
}
