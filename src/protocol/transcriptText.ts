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

/**
 * The end of a transcript as such a document, of a bounded length: whole rows, and of a last one that is too long its end. It says
 * where something is left out; `more` is whether rows before the given ones are. The words are an agent's to read. Pure.
 */
export function transcriptEnd(
  head: Parameters<typeof transcriptText>[0],
  items: readonly Item[],
  { most, more }: { readonly most: number; readonly more: boolean },
): string {
  const pieces = items.map((item) => itemText(item).join('\n\n'));
  let from = pieces.length;
  for (let room = most; from > 0; from--) {
    const piece = pieces[from - 1] ?? '';
    if (piece.length > room) break;
    room -= piece.length + 2;
  }
  const shown = pieces.slice(from).filter((piece) => piece !== '');
  const isCut = from === pieces.length && from > 0;
  if (isCut) shown.push(`…${pieces[from - 1]?.slice(-most) ?? ''}`);
  const left = more || from > 0 ? ['*What came before this is left out.*'] : [];
  return `${[transcriptText(head, []).trimEnd(), ...left, ...shown].join('\n\n')}\n`;
}

function itemText(item: Item): string[] {
  switch (item.kind) {
    case 'turn':
      return ['---', ...artifactLines(item)];
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
    case 'refusal':
      return [
        `*${item.action} was refused${item.by === undefined ? '' : ` to ${item.by.name}`}: ${item.reason}*`,
      ];
    case 'notice':
      return [`*${item.text}*`];
  }
}

function artifactLines({ artifacts }: Extract<Item, { kind: 'turn' }>): string[] {
  if (artifacts === undefined) return [];
  const lines = artifacts.files.map(
    ({ directory, path, removed }) => `- ${directory}/${path}${removed === true ? ' (removed)' : ''}`,
  );
  const more = artifacts.omitted === 0 ? [] : [`- and ${artifacts.omitted} more`];
  return [`Artifacts:\n\n${[...lines, ...more].join('\n')}`];
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
