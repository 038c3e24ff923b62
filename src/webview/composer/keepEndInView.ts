/** Keeps the last line of a field in view where one writes there and the field gets another size. The result ends that. */
export function keepEndInView(field: HTMLTextAreaElement): () => void {
  const observer = new ResizeObserver(() => {
    if (field.selectionEnd === field.value.length) field.scrollTop = field.scrollHeight;
  });
  observer.observe(field);
  return () => observer.disconnect();
}
