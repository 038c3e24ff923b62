import type { ContentBlock } from '../../protocol/content.ts';
import type { Attachment } from '../../protocol/page.ts';

/** What was sent, as it stands in the composer: its text, and what goes with it. Pure. */
export function asWritten(content: readonly ContentBlock[]): {
  readonly text: string;
  readonly attachments: readonly Attachment[];
} {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  const others = content.filter(({ type }) => type !== 'text');
  return { text, attachments: others.map((block, index) => attachmentOf(block, text, index)) };
}

function attachmentOf(block: ContentBlock, text: string, index: number): Attachment {
  const name = nameOf(block) ?? `${block.type} ${index + 1}`;
  const token = `@${name}`;
  return { icon: iconOf(block), name, block, ...(text.includes(token) && { token }) };
}

function nameOf(block: ContentBlock): string | undefined {
  if (block.type === 'resource_link') return block.name;
  const uri = block.type === 'resource' ? block.resource.uri : undefined;
  return uri?.slice(uri.lastIndexOf('/') + 1).replace('#L', ':');
}

function iconOf(block: ContentBlock): string {
  if (block.type === 'image') return 'file-media';
  if (block.type === 'resource') return 'note';
  return block.type === 'resource_link' && block.uri.endsWith('/') ? 'folder' : 'file';
}
