import type { By } from '../../protocol/events.ts';
import type { Method } from '../../protocol/methods.ts';
import type { Session } from '../session.ts';

/** Does a control action in a session; where it is refused, that is written down with who asked (P8), and thrown on. */
export function audited<T>(session: Session, action: Method, by: By, act: () => T): T {
  const refused = (error: unknown): never => {
    session.audit.refused(action, by, error);
    throw error;
  };
  try {
    const result = act();
    return result instanceof Promise ? (result.catch(refused) as T) : result;
  } catch (error) {
    return refused(error);
  }
}
