import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import type { ArtifactNews, TurnArtifacts } from '../../protocol/items.ts';
import { sizeWords } from '../blobs.ts';
import { usePage } from '../context.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';

/** What became of artifacts in a turn (C4): one line, and each file where it is unfolded. A file opens in the editor. */
export function Artifacts({ artifacts: { files, omitted } }: { artifacts: TurnArtifacts }): VNode {
  const open = useSignal(false);
  const count = files.length + omitted;
  const label = count === 1 ? t('1 artifact') : t('{0} artifacts', count);
  const names = files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)).join(', ');
  return (
    <section class="row card artifacts" aria-label={label}>
      <button
        type="button"
        class="card-line"
        aria-expanded={open.value}
        onClick={() => (open.value = !open.value)}
      >
        <Icon name={open.value ? 'chevron-down' : 'chevron-right'} className="twistie" />
        <Icon name="package" />
        <span>{label}</span>
        {!open.value && <span class="artifact-names ellipsis">{names}</span>}
      </button>
      {open.value && (
        <ul class="card-body artifact-list">
          {files.map((file) => (
            <li key={`${file.directory}/${file.path}`}>
              <File file={file} />
            </li>
          ))}
          {omitted > 0 && <li class="quiet-line">{t('and {0} more', omitted)}</li>}
        </ul>
      )}
    </section>
  );
}

function File({ file }: { file: ArtifactNews }): VNode {
  const { host } = usePage();
  const { directory, path, removed, problem } = file;
  const whole = `${directory}/${path}`;
  if (removed === true)
    return (
      <span class="artifact-note">
        <Icon name="trash" /> <bdi>{whole}</bdi> · {t('removed')}
      </span>
    );
  return (
    <>
      <button
        type="button"
        class="path-link"
        title={t('Open {0}', whole)}
        onClick={() => host.post({ type: 'openLocation', path: whole })}
      >
        <bdi>{whole}</bdi>
      </button>
      <span class="artifact-note">
        {' '}
        · {problem === undefined ? sizeWords(file.bytes) : problemWords(problem)}
      </span>
    </>
  );
}

function problemWords(problem: NonNullable<ArtifactNews['problem']>): string {
  return problem === 'tooLarge' ? t('too large to be kept') : t('not kept: the session keeps no more');
}
