import type { ContentBlock } from './content.ts';

/** The readable text of some content: text blocks joined, other blocks named by their link or kind. */
export function contentText(content: readonly ContentBlock[]): string {
  return content.map(blockText).join('');
}

function blockText(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'resource_link':
      return `[${block.name}](${block.uri})`;
    case 'resource':
      return block.resource.text ?? block.resource.uri;
    case 'image':
    case 'audio':
      return `[${block.type}: ${block.mimeType}]`;
  }
}
