import { signal } from '@preact/signals';
import { h, type ComponentProps, type FunctionComponent, type VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type * as laterParts from './later/main.tsx';
import { loadScript } from './lazyScript.ts';
import { t } from './words.ts';

/** What the later script gives: see `later/main.tsx`. */
type Parts = typeof laterParts;

/** Those of it that are drawn. */
type Drawn = {
  [Name in keyof Parts as Parts[Name] extends (given: never) => VNode | null ? Name : never]: Parts[Name];
};

const parts = signal<Parts | undefined>(undefined);
const failed = signal(false);
let loading: Promise<Parts | undefined> | undefined;

/** What comes with a later script; `undefined` where it could not be loaded. */
export function later(): Promise<Parts | undefined> {
  return (loading ??= load());
}

/** A part of a row that comes with a later script, and what stands in its place until then. */
export function Later<Name extends keyof Drawn>({
  part,
  given,
  meanwhile,
}: {
  part: Name;
  given: ComponentProps<Drawn[Name]>;
  meanwhile?: VNode;
}): VNode | null {
  useEffect(() => void later(), []);
  const Part = parts.value?.[part] as FunctionComponent<object> | undefined;
  if (Part !== undefined) return h(Part, given as object);
  if (!failed.value) return meanwhile ?? null;
  return (
    <div class="row problem" role="alert">
      {t('A part of the chat could not be loaded. Close the chat and open it again.')}
    </div>
  );
}

async function load(): Promise<Parts | undefined> {
  failed.value = !(await loadScript('later'));
  return (parts.value = (window as { holdfastLater?: Parts }).holdfastLater);
}
