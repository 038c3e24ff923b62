/** The id in the path of a link to a session, `/session/<id>`; `undefined` for anything else. Pure. */
export function sessionIdIn(path: string): string | undefined {
  return /^\/session\/([\w.-]{1,200})\/?$/u.exec(path)?.[1];
}
