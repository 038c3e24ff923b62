import path from 'node:path';

/** What a link of a transcript leads to: somewhere outside, or a place in a file. */
export type LinkTarget =
  | { readonly kind: 'external'; readonly address: string }
  | { readonly kind: 'file'; readonly path: string; readonly line?: number | undefined };

const allowedSchemes = new Set(['http:', 'https:', 'mailto:']);

/**
 * Decides what a link that an agent wrote may open (S2). Pure. Addresses of the web open outside, relative and absolute
 * paths and `file:` in the editor, with `:12`, `:12:3` or `#L12` as the line; everything else, `command:` above all,
 * opens nothing.
 */
export function linkTarget(href: string, folder: string): LinkTarget | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(href)?.[0].toLowerCase();
  if (scheme !== undefined && allowedSchemes.has(scheme)) {
    return URL.canParse(href) ? { kind: 'external', address: href } : undefined;
  }
  if (scheme === 'file:')
    return URL.canParse(href)
      ? place(decode(new URL(href).pathname + new URL(href).hash), folder)
      : undefined;
  // What begins like a scheme may still be a file with a line: `main.ts:12`.
  if (scheme !== undefined && !/^[^:/]+:\d+(?::\d+)?$/.test(href)) return undefined;
  return href === '' || href.startsWith('#') || href.startsWith('//')
    ? undefined
    : place(decode(href), folder);
}

function place(text: string, folder: string): LinkTarget {
  const found = /^(.*?)(?::(\d+)(?::\d+)?|#L(\d+)(?:-L?\d+)?)?$/s.exec(text);
  const file = found?.[1] ?? text;
  const line = Number(found?.[2] ?? found?.[3]);
  return { kind: 'file', path: path.resolve(folder, file), ...(line > 0 ? { line } : {}) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
