import type { VNode } from 'preact';

/** A short text whose `code` between backticks is shown as code; nothing else in it means anything. */
export function InlineCode({ text }: { text: string }): VNode {
  const parts = text.split(/`([^`]+)`/);
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
