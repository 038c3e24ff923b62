import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { errorText } from '../../base/errorText.ts';
import type { BlobRef } from '../../protocol/blob.ts';
import { sizeWords, useBlobs } from '../blobs.ts';
import { usePage } from '../context.ts';
import { t } from '../words.ts';

/** Characters shown before a person asks for more, and at most: a document of the editor is the place for the rest. */
const PREVIEW = 4_000;
const MOST = 512 * 1024;

/** A text that may be long: its beginning, and ways to all of it. With `blob`, `text` is only how it begins. */
export function LongText(properties: {
  text: string;
  blob?: BlobRef | undefined;
  /** What it would be called as a file. */
  name: string;
  label: string;
}): VNode {
  const { text, blob, name, label } = properties;
  const { host } = usePage();
  const read = useBlobs();
  const all = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const long = blob !== undefined || text.length > PREVIEW;
  const shown = all.value ?? (long ? text.slice(0, PREVIEW) : text);
  const showAll = async (): Promise<void> => {
    try {
      const bytes = blob === undefined ? undefined : await read(blob, MOST);
      all.value = bytes === undefined ? text.slice(0, MOST) : new TextDecoder().decode(bytes);
    } catch (error) {
      problem.value = errorText(error);
    }
  };
  return (
    <>
      <pre class="output" tabIndex={0} role="region" aria-label={label}>
        {shown}
        {long && all.value === undefined ? '…' : ''}
      </pre>
      {long && (
        <div class="more-line">
          {all.value === undefined && (
            <button type="button" class="link-button" onClick={() => void showAll()}>
              {t('Show all ({0})', sizeWords(blob?.bytes ?? text.length))}
            </button>
          )}
          <button
            type="button"
            class="link-button"
            onClick={() => host.post({ type: 'openText', name, source: { text, blob } })}
          >
            {t('Open as document')}
          </button>
        </div>
      )}
      {problem.value !== undefined && <div class="problem">{problem.value}</div>}
    </>
  );
}
