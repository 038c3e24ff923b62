import type { VNode } from 'preact';
import { largeValue } from '../../protocol/blob.ts';
import type { ToolCallItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { LongText } from './longText.tsx';

/** What a tool was given and what it gave back, as data: folded, unless nothing better shows it. */
export function Raw({ item }: { item: ToolCallItem }): VNode {
  const bare = (item.content?.length ?? 0) === 0;
  return (
    <>
      <RawValue value={item.rawInput} label={t('Input')} open={bare && item.rawOutput === undefined} />
      <RawValue value={item.rawOutput} label={t('Output')} open={bare} />
    </>
  );
}

function RawValue({ value, label, open }: { value: unknown; label: string; open: boolean }): VNode | null {
  const large = largeValue(value);
  const text = large?.preview ?? textOf(value);
  if (text === '' || text === '{}') return null;
  const json = large === undefined ? typeof value !== 'string' : large.format === 'json';
  return (
    <details class="raw" open={open}>
      <summary>
        <Icon name="chevron-right" className="twistie" />
        {label}
      </summary>
      <LongText text={text} blob={large?.blob} name={json ? `${label}.json` : `${label}.txt`} label={label} />
    </details>
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}
