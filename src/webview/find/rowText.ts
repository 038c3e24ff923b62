import { contentText } from '../../protocol/contentText.ts';
import type { Item } from '../../protocol/items.ts';
import { outputText } from '../../protocol/output.ts';
import type { ToolCallContent } from '../../protocol/toolCall.ts';

/** The text of a row that a search in its session looks at. Pure. */
export function rowText(item: Item): string {
  switch (item.kind) {
    case 'message':
      return contentText(item.content);
    case 'toolCall':
      return [item.title ?? '', ...(item.content ?? []).map(partText)].join('\n');
    case 'commandRun':
      return `${item.command}\n${outputText(item.output)}`;
    case 'interaction':
      return item.interaction.title;
    case 'refusal':
      return item.reason;
    case 'notice':
      return item.text;
    default:
      return '';
  }
}

function partText(part: ToolCallContent): string {
  if (part.type === 'content') return contentText([part.content]);
  return part.type === 'diff' ? `${part.path}\n${part.oldText ?? ''}\n${part.newText}` : '';
}
