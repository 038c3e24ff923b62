import { contentText } from './contentText.ts';
import type { Head } from './head.ts';
import type { Item } from './items.ts';
import { outputText } from './output.ts';
import { fenced } from './fenced.ts';

/** A transcript as a Markdown document: what was said as it stands, what was done and printed in fences. Pure. */
export function transcriptText(
  { title, agent, cwd, createdAt }: Pick<Head, 'title' | 'agent' | 'cwd' | 'createdAt'>,
  items: readonly Item[],
): string {
  const heading = [
    `# ${title.replaceAll('\n', ' ')}`,
    `${agent.name} · ${cwd} · ${new Date(createdAt).toISOString()}`,
  ];
  return `${[...heading, ...items.flatMap(itemText)].join('\n\n')}\n`;
}

function itemText(item: Item): string[] {
  switch (item.kind) {
    case 'turn':
      return ['---'];
    case 'message':
      return messageText(item);
    case 'toolCall': {
      const output = contentText(
        (item.content ?? []).flatMap((part) => (part.type === 'content' ? [part.content] : [])),
      );
      return [
        `**${item.title ?? item.toolKind}** (${item.status})`,
        ...(output === '' ? [] : [fenced(output)]),
      ];
    }
    case 'commandRun': {
      const output = outputText(item.output);
      const ended = item.exitCode === undefined ? [] : [`exit code ${item.exitCode}`];
      return [fenced(`$ ${item.command}\n${output}`.trimEnd(), 'console'), ...ended];
    }
    case 'interaction':
      return [`> ${item.interaction.title.replaceAll('\n', '\n> ')}`];
    case 'check':
      return [`*Check ${item.attempt} of ${item.max}: ${item.command} (${item.outcome ?? 'running'})*`];
    case 'notice':
      return [`*${item.text}*`];
  }
}

function messageText({ role, content }: Extract<Item, { kind: 'message' }>): string[] {
  const text = contentText(content);
  switch (role) {
    case 'user':
      return ['## You', text];
    case 'agent':
      return [text];
    case 'thought':
      return [`> ${text.replaceAll('\n', '\n> ')}`];
  }
}
