/**
 * Text of an agent or a session for places of the editor that read icons and links out of it: notifications, quick picks,
 * the status bar. Pure. Nothing in the result is an icon or a link, `command:` above all.
 */
export function plainText(text: string): string {
  return text.replaceAll('$(', '$\u200b(').replaceAll('](', ']\u200b(');
}
