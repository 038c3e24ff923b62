import type { VNode } from 'preact';
import { usePage } from '../context.ts';
import { t } from '../words.ts';

/** A place in a file that opens in the editor. Shown relative to the session's folder. */
export function PathLink({ path, line }: { path: string; line?: number | null | undefined }): VNode {
  const { store, host } = usePage();
  const shown = line
    ? `${withinFolder(path, store.head.value?.cwd)}:${line}`
    : withinFolder(path, store.head.value?.cwd);
  return (
    <button
      type="button"
      class="path-link"
      title={t('Open {0}', path)}
      onClick={(event) => {
        event.stopPropagation();
        host.post({ type: 'openLocation', path, line: line ?? undefined });
      }}
    >
      <bdi>{shown}</bdi>
    </button>
  );
}

/** A path as it is shown: relative to the session's folder where it lies in there. */
export function withinFolder(path: string, folder: string | undefined): string {
  if (folder === undefined || !path.startsWith(folder)) return path;
  return path.slice(folder.length).replace(/^[\\/]+/, '') || path;
}
