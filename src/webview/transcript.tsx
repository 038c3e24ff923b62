import { useSignal } from '@preact/signals';
import type { RefObject, VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { followBottom, type FollowBottom } from './followBottom.ts';
import { Icon } from './icon.tsx';
import { Later } from './later.tsx';
import { Nearby, NearbyContext } from './nearby.ts';
import { SectionGroups } from './sectionGroups.ts';
import { SectionStackView } from './sectionStackView.tsx';
import type { PageStore } from './store.ts';
import { t } from './words.ts';

/** The rows of the session: follows its end while the reader is there, loads earlier rows on the way up. */
export function Transcript(): VNode {
  const { store } = usePage();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sentinel = useRef<HTMLDivElement>(null);
  const follow = useSignal<FollowBottom | undefined>(undefined);
  const nearby = useRef<Nearby>(undefined);
  const sessionId = store.sessionId.value;

  useLayoutEffect(() => {
    const made = scroller.current === null ? undefined : new Nearby(scroller.current);
    nearby.current = made;
    return () => made?.dispose();
  }, []);
  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null) return undefined;
    const made = followBottom(scroller.current, content.current);
    follow.value = made;
    made.jump();
    return () => made.dispose();
  }, [sessionId, follow]);
  const revealed = store.revealed.value;
  useLayoutEffect(() => {
    // Who is led to a row reads there, and does not follow the end.
    if (revealed !== undefined && follow.value !== undefined) follow.value.following.value = false;
  }, [revealed, follow]);
  useEarlier({ scroller, sentinel });

  const following = follow.value?.following.value ?? true;
  const sections = store.sections.value;
  const [groups] = useState(() => new SectionGroups());
  return (
    <div class="transcript-frame">
      <main class="transcript" ref={scroller} tabIndex={0} aria-label={t('Transcript')}>
        <div class="transcript-content" ref={content}>
          <div class="earlier" ref={sentinel}>
            {store.more.value && <Earlier />}
          </div>
          {sections.length === 0 && <Fresh />}
          <NearbyContext.Provider value={nearby}>
            {groups.of(sections).map((stack) => (
              <SectionStackView key={stack[0]?.[0]?.key} groups={stack} />
            ))}
          </NearbyContext.Provider>
        </div>
      </main>
      {!following && follow.value !== undefined && (
        <Later part="JumpButton" given={{ follow: follow.value }} />
      )}
    </div>
  );
}

/** The way to earlier rows, and why they did not come. */
function Earlier(): VNode {
  const { store } = usePage();
  const problem = store.earlierProblem.value;
  const loading = store.loadingEarlier.value;
  return (
    <>
      {problem !== undefined && <span>{problem}</span>}
      <button
        type="button"
        class="link-button"
        aria-label={loading ? t('Loading') : undefined}
        onClick={() => loadEarlier(store)}
      >
        {loading ? <Icon name="loading" spin /> : problem === undefined ? t('Load earlier') : t('Try Again')}
      </button>
    </>
  );
}

/** Loads earlier rows; that it failed is told by `Earlier`, and said. */
function loadEarlier(store: PageStore): void {
  store.loadEarlier().catch(() => store.announce(store.earlierProblem.peek()));
}

/** What a session that has no rows yet shows. */
function Fresh(): VNode {
  const { store } = usePage();
  const head = store.head.value;
  const shell = head?.agent.kind === 'shell';
  return (
    <div class="fresh">
      <Icon name={shell ? 'terminal' : 'sparkle'} className="fresh-icon" />
      <div class="fresh-title">{head?.agent.name}</div>
      <div class="fresh-folder">
        <bdi>{head?.cwd}</bdi>
      </div>
      <div>
        {shell
          ? t('What you type runs as a command in this folder. It keeps running when you close the window.')
          : t('Ask for something. The session keeps running when you close the window.')}
      </div>
    </div>
  );
}

/** Loads earlier rows as the beginning comes near, and keeps what is being read where it is. */
function useEarlier({
  scroller,
  sentinel,
}: Record<'scroller' | 'sentinel', RefObject<HTMLDivElement | null>>): void {
  const { store } = usePage();
  const first = store.sections.value[0]?.rows[0];
  const before = useRef<{ first: string | undefined; height: number; top: number }>(undefined);
  useLayoutEffect(() => {
    const root = scroller.current;
    const mark = sentinel.current;
    if (root === null || mark === null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) loadEarlier(store);
      },
      { root, rootMargin: '400px 0px 0px 0px' },
    );
    observer.observe(mark);
    return () => observer.disconnect();
    // A new first row means that a page came in: the sentinel is looked at again.
  }, [store, scroller, sentinel, first, store.more.value]);
  const root = scroller.current;
  if (root !== null && before.current?.first !== first) {
    before.current = { first, height: root.scrollHeight, top: root.scrollTop };
  }
  useLayoutEffect(() => {
    const was = before.current;
    // Chromium anchors the view itself, except at the very top.
    if (root === null || was === undefined || was.top > 0) return;
    root.scrollTop = was.top + (root.scrollHeight - was.height);
  }, [first, root]);
}
