import {
  IMAGE_TYPES,
  LARGEST_IMAGE,
  MOST_DROPPED,
  MOST_IMAGES,
  type Mention,
  type PickedFiles,
} from '../../protocol/composer.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import { t } from '../words.ts';
import { attach, mentionBlock, tokenOf } from './mentions.ts';
import type { ComposerModel } from './model.ts';
import { typeInto } from './writing.ts';

/** Bytes of the images of one prompt together: it travels in one piece. */
const MOST_BYTES = 12 * 1024 * 1024;

/** Takes images that are pasted; text pastes itself. */
export function paste(model: ComposerModel, event: ClipboardEvent): void {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length === 0 || event.clipboardData?.types.includes('text/plain') === true) return;
  event.preventDefault();
  void addFiles(model, files);
}

/**
 * Takes what is dropped: files of the editor’s explorer as mentions, images from elsewhere as such, web links and text as text at
 * the cursor.
 */
export function drop(model: ComposerModel, event: DragEvent & { readonly dataTransfer: DataTransfer }): void {
  const { dataTransfer } = event;
  const addresses = droppedAddresses(dataTransfer);
  const uris = addresses.filter((address) => fromEditor.test(address));
  const files = [...dataTransfer.files];
  const links = addresses.filter((address) => !fromEditor.test(address));
  const text = links.join('\n') || (uris.length > 0 ? '' : dataTransfer.getData('text/plain'));
  event.preventDefault();
  // A picture of a web page comes with its address.
  if (uris.length === 0 && files.length > 0) return void addFiles(model, files);
  if (text !== '') typeAtCursor(model, text);
  if (uris.length === 0) return;
  void model.try(async () => {
    const ask = { kind: 'dropped', uris: uris.slice(0, MOST_DROPPED) } as const;
    mention(model, await model.page.host.ask<readonly Mention[]>(ask));
  });
}

/** Lets the person choose files, and adds them. */
export function pickFiles(model: ComposerModel): Promise<void> {
  return model.try(async () => {
    const ask = { kind: 'pick', images: takesImages(model) } as const;
    const { mentions, images, tooLarge } = await model.page.host.ask<PickedFiles>(ask);
    mention(model, mentions);
    for (const { name, block } of images) addImage(model, name, block);
    const [name] = tooLarge;
    if (name !== undefined) model.problem.value = tooLargeWords(name);
  });
}

/** Addresses of files and of what else the editor opens; any other is one of the web. */
const fromEditor = /^(?:file|vscode-[a-z-]+):/u;

/** The addresses that VS Code’s explorer gives, or another program. */
function droppedAddresses(data: DataTransfer): string[] {
  const list = data.getData('application/vnd.code.uri-list') || data.getData('text/uri-list');
  return list.split(/\r?\n/u).filter((line) => line !== '' && !line.startsWith('#'));
}

function mention(model: ComposerModel, mentions: readonly Mention[]): void {
  const { field } = model;
  if (field === null || mentions.length === 0) return;
  const at = field.selectionEnd;
  const gap = at === 0 || /\s$/u.test(field.value.slice(0, at)) ? '' : ' ';
  typeAtCursor(model, `${gap}${mentions.map(tokenOf).join(' ')} `);
  for (const each of mentions) attach(model, each, mentionBlock(each));
}

/** Writes behind what is selected, which stays. */
function typeAtCursor(model: ComposerModel, text: string): void {
  const at = model.field?.selectionEnd ?? 0;
  typeInto(model, at, at, text);
}

async function addFiles(model: ComposerModel, files: readonly File[]): Promise<void> {
  const types = Object.values(IMAGE_TYPES);
  for (const file of files) {
    if (!types.includes(file.type))
      model.problem.value = t(
        'Only images can be taken from outside. Files of the workspace can be dropped from the Explorer with Shift held, or mentioned with @.',
      );
    else if (!takesImages(model))
      model.problem.value = t('{0} does not take images.', model.page.store.head.peek()?.agent.name ?? '');
    else if (file.size > LARGEST_IMAGE) model.problem.value = tooLargeWords(file.name);
    else addImage(model, file.name, { type: 'image', data: await base64(file), mimeType: file.type });
  }
}

/** Whether the agent said that it takes images. */
export function takesImages(model: ComposerModel): boolean {
  return model.page.store.head.peek()?.takes?.images === true;
}

function addImage(model: ComposerModel, name: string, block: ContentBlock): void {
  const { attachments } = model;
  const images = attachments.peek().flatMap(({ block: other }) => (other.type === 'image' ? [other] : []));
  const bytes = [...images, block].reduce(
    (sum, each) => sum + (each.type === 'image' ? each.data.length : 0),
    0,
  );
  if (images.length >= MOST_IMAGES || bytes > (MOST_BYTES * 4) / 3) {
    model.problem.value = t('{0} was left out: the images of one prompt would be too large together.', name);
    return;
  }
  attachments.value = [...attachments.peek(), { icon: 'file-media', name: freeName(model, name), block }];
}

/** Pasted images are all called alike; a number tells them apart. */
function freeName({ attachments }: ComposerModel, name: string): string {
  const taken = new Set(attachments.peek().map((attachment) => attachment.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
  return free;
}

function tooLargeWords(name: string): string {
  return t('{0} is larger than {1} MB, which is the most for an image.', name, LARGEST_IMAGE / 1024 / 1024);
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () =>
      resolve(typeof reader.result === 'string' ? reader.result.replace(/^[^,]*,/u, '') : '');
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
}
