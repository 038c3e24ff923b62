import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { errorWords } from '../../protocol/errorWords.ts';
import type { CommandRunItem } from '../../protocol/items.ts';
import { outputText, type Output } from '../../protocol/output.ts';
import { sizeWords } from '../blobs.ts';
import { usePage } from '../context.ts';
import { shortDuration } from '../duration.ts';
import { Elapsed } from '../elapsed.tsx';
import { Icon, IconButton } from '../icon.tsx';
import { OutputView } from '../output/outputView.ts';
import { t } from '../words.ts';
import { Fold } from './fold.tsx';

/** How near to its end an output counts as being there, in pixels. */
const NEAR = 24;

/** A command that ran or runs: its line, what it prints as it prints it, and how it ended. */
export function CommandCard({ item }: { item: CommandRunItem }): VNode {
  return (
    <Fold
      open
      className="command-card"
      label={t('Command: {0}', item.command)}
      summary={<CommandLine item={item} />}
    >
      <CommandBody item={item} />
    </Fold>
  );
}

/** The line of a command, and how it stands. */
export function CommandLine({ item }: { item: CommandRunItem }): VNode {
  return (
    <>
      <span class="command-line" title={t('In {0}', item.cwd)}>
        <span class="command-prompt">$</span> {item.command}
      </span>
      <CommandStatus item={item} />
    </>
  );
}

/** What a command printed, with ways to copy it and, where some was left out, to all of it. */
export function CommandBody({ item }: { item: CommandRunItem }): VNode {
  const { host } = usePage();
  const empty = item.output.startLength === 0;
  const { blob } = item;
  return (
    <div class="command-body">
      {item.failure !== undefined && <div class="problem">{errorWords(item.failure, t)}</div>}
      {!empty && <OutputBox output={item.output} label={t('Output of {0}', item.command)} />}
      {empty && item.endedAt !== undefined && item.failure === undefined && (
        <div class="quiet-line">{t('No output')}</div>
      )}
      {!empty && item.endedAt !== undefined && (
        <IconButton
          icon="copy"
          label={t('Copy output')}
          className="copy-output"
          onClick={() => host.post({ type: 'copy', text: outputText(item.output) })}
        />
      )}
      {blob !== undefined && (
        <div class="more-line">
          <button
            type="button"
            class="link-button"
            onClick={() => host.post({ type: 'openText', name: 'output.txt', source: { text: '', blob } })}
          >
            {t('Open all output ({0})', sizeWords(blob.bytes))}
          </button>
        </div>
      )}
    </div>
  );
}

function CommandStatus({ item }: { item: CommandRunItem }): VNode {
  if (item.endedAt === undefined) {
    return (
      <span class="card-status tone-working" title={t('Running')}>
        <span class="visually-hidden">{t('Running')}</span>
        <Elapsed since={item.at} />
        <Icon name="loading" spin />
      </span>
    );
  }
  const good = item.exitCode === 0;
  // These two are what stopping a command sends; a crash has other signals.
  const stopped = item.signal === 'SIGTERM' || item.signal === 'SIGKILL';
  const ended = item.signal ? t('ended by {0}', item.signal) : t('exit code {0}', item.exitCode ?? -1);
  const how = stopped ? t('stopped') : ended;
  const tone = good ? 'tone-good' : stopped ? 'tone-quiet' : 'tone-bad';
  return (
    <span class={`card-status ${tone}`} title={ended}>
      <span class={good ? 'visually-hidden' : ''}>{how}</span>
      <span class="card-took">{shortDuration(item.endedAt - item.at)}</span>
      <Icon name={good ? 'check' : stopped ? 'circle-slash' : 'error'} />
    </span>
  );
}

/** Terminal output in a box that scrolls by itself and follows its own end; where it is higher, it unfolds to all of it. */
export function OutputBox({ output, label }: { output: Output; label: string }): VNode {
  const element = useRef<HTMLPreElement>(null);
  const view = useRef<OutputView>(undefined);
  const whole = useSignal(false);
  const long = useSignal(false);
  const follows = useRef(true);
  const fit = (box: HTMLPreElement): void => {
    if (follows.current) box.scrollTop = box.scrollHeight;
    if (!whole.peek()) long.value = box.scrollHeight > box.clientHeight;
  };
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) return;
    view.current ??= new OutputView(box);
    view.current.update(output);
    fit(box);
  }, [output]);
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) return undefined;
    // In a page of another width the same lines need another height.
    const observer = new ResizeObserver(() => fit(box));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    // Folded again, it stands where it would if it had never been unfolded.
    if (!whole.value) element.current?.scrollTo(0, element.current.scrollHeight);
  }, [whole.value]);
  return (
    <>
      <pre
        class={`output ${whole.value ? 'output-whole' : ''}`}
        tabIndex={0}
        role="region"
        aria-label={label}
        ref={element}
        onScroll={({ currentTarget: { scrollHeight, clientHeight, scrollTop } }) =>
          (follows.current = scrollHeight - clientHeight - scrollTop < NEAR)
        }
      />
      {long.value && (
        <div class="more-line">
          <button
            type="button"
            class="link-button"
            aria-expanded={whole.value}
            onClick={() => (whole.value = !whole.peek())}
          >
            {whole.value ? t('Show less') : t('Show all lines')}
          </button>
        </div>
      )}
    </>
  );
}
