import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { StreamingMarkdown } from './streamingMarkdown.ts';

/** Markdown that may still grow; `done` says that it will not. */
export function MarkdownView({ text, done }: { text: string; done: boolean }): VNode {
  const element = useRef<HTMLDivElement>(null);
  const view = useRef<StreamingMarkdown>(undefined);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    const made = new StreamingMarkdown(element.current);
    view.current = made;
    return () => made.dispose();
  }, []);
  useLayoutEffect(() => view.current?.update(text, done), [text, done]);
  return <div class="markdown" ref={element} />;
}
