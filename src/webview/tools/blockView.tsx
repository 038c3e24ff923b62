import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { errorText } from '../../base/errorText.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import { contentText } from '../../protocol/contentText.ts';
import { sizeWords, useBlobs } from '../blobs.ts';
import { usePage } from '../context.ts';
import { Icon } from '../icon.tsx';
import { MarkdownView } from '../markdown/markdownView.tsx';
import { t } from '../words.ts';
import { LongText } from './longText.tsx';

/** Bytes of a picture or a sound that the page takes. */
const MOST_MEDIA = 8 * 1024 * 1024;
const shownTypes = /^(?:image\/(?:png|jpeg|gif|webp)|audio\/(?:mpeg|mp4|ogg|wav|x-wav|webm|aac|flac))$/;

/** Content as an agent gave it: text as Markdown, other blocks as what they are. */
export function ContentBlocks({ content, done }: { content: readonly ContentBlock[]; done: boolean }): VNode {
  if (content.every((block) => block.type === 'text' && block.blob === undefined))
    return <MarkdownView text={contentText(content)} done={done} />;
  return (
    <>
      {content.map((block, index) => (
        <BlockView key={index} block={block} done={done} />
      ))}
    </>
  );
}

function BlockView({ block, done }: { block: ContentBlock; done: boolean }): VNode {
  switch (block.type) {
    case 'text':
      return block.blob === undefined ? (
        <MarkdownView text={block.text} done={done} />
      ) : (
        <LongText text={block.text} blob={block.blob} name="text.md" label={t('Text')} />
      );
    case 'image':
    case 'audio':
      return <Media block={block} />;
    case 'resource_link':
      return <ResourceLink link={block} />;
    case 'resource':
      return (
        <>
          <ResourceLink link={{ uri: block.resource.uri, name: block.resource.uri }} />
          {block.resource.text !== undefined && (
            <LongText
              text={block.resource.text}
              blob={block.blob}
              name={block.resource.uri}
              label={t('Content of {0}', block.resource.uri)}
            />
          )}
        </>
      );
  }
}

/** A picture or a sound. One that lies beside the events is fetched when a person asks for it. */
function Media({ block }: { block: Extract<ContentBlock, { type: 'image' | 'audio' }> }): VNode {
  const read = useBlobs();
  const fetched = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const { type, mimeType, blob } = block;
  const bytes = blob?.bytes ?? Math.floor(block.data.length * 0.75);
  const name = type === 'image' ? t('Image, {0}', sizeWords(bytes)) : t('Sound, {0}', sizeWords(bytes));
  if (!shownTypes.test(mimeType) || bytes > MOST_MEDIA)
    return <div class="quiet-line">{t('{0} ({1}) is not shown here', name, mimeType)}</div>;
  const data = blob === undefined ? block.data : fetched.value;
  const load = async (): Promise<void> => {
    if (blob === undefined) return;
    try {
      fetched.value = base64(await read(blob, MOST_MEDIA));
    } catch (error) {
      problem.value = errorText(error);
    }
  };
  if (data === undefined) {
    return (
      <div class="more-line">
        <button type="button" class="link-button" onClick={() => void load()}>
          {t('Show {0}', name)}
        </button>
        {problem.value !== undefined && <span class="tone-bad">{problem.value}</span>}
      </div>
    );
  }
  const source = `data:${mimeType};base64,${data}`;
  return type === 'image' ? (
    <img class="media" src={source} alt={name} />
  ) : (
    <audio class="media" src={source} controls aria-label={name} />
  );
}

function ResourceLink({
  link,
}: {
  link: Pick<Extract<ContentBlock, { type: 'resource_link' }>, 'uri' | 'name'> &
    Partial<Extract<ContentBlock, { type: 'resource_link' }>>;
}): VNode {
  const { host } = usePage();
  return (
    <div class="resource-link">
      <Icon name="link" />
      <button
        type="button"
        class="link-button ellipsis"
        title={link.description ?? link.uri}
        onClick={() => host.post({ type: 'openLink', href: link.uri })}
      >
        {link.title ?? link.name}
      </button>
      {typeof link.size === 'number' && <span class="card-took">{sizeWords(link.size)}</span>}
    </div>
  );
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
