import { build } from 'esbuild';
import { cpuTime } from './benchBrowser.ts';
import { openChatPage } from './support/chatPage.ts';

interface Marked {
  readonly plain: { readonly marked: { parse(text: string): string } };
}

/**
 * CPU time, in milliseconds a chunk, of a page that renders all of a growing Markdown text anew in each frame, at its end.
 * Nothing is sanitised and nothing scrolls: it is the least that such a page could cost.
 */
export async function plainRendering(
  text: string,
  { chunks, perFrame }: { readonly chunks: number; readonly perFrame: number },
): Promise<number> {
  const contents = "export { marked } from 'marked';";
  const { outputFiles } = await build({
    ...{ stdin: { contents, resolveDir: import.meta.dirname }, bundle: true, write: false, minify: true },
    ...{ format: 'iife', globalName: 'plain', logLevel: 'silent' },
  });
  await using chat = await openChatPage({ alone: true, width: 480 });
  await chat.page.evaluate(`${outputFiles[0]?.text ?? ''}; window.plain = plain;`);
  const { read } = await cpuTime(chat.page);
  const frames = chunks / perFrame;
  const before = await read();
  await chat.page.evaluate(
    async ([whole, count]) => {
      const { marked } = (window as unknown as Marked).plain;
      const element = document.createElement('main');
      document.body.replaceChildren(element);
      for (let frame = count; frame > 0; frame--) {
        element.innerHTML = marked.parse(whole.slice(0, whole.length - frame * 24));
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    },
    [text, frames] as const,
  );
  return ((await read()) - before) / chunks;
}
