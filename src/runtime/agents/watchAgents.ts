import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { NotificationParams } from '../../protocol/methods.ts';
import type { AgentCatalogue } from './catalogue.ts';

/** Tells every client what becomes of agents, until disposed. */
export function watchAgents(
  catalogue: AgentCatalogue,
  tell: (
    ...told:
      | ['agent/progress', NotificationParams<'agent/progress'>]
      | ['agent/changed', NotificationParams<'agent/changed'>]
  ) => void,
): Disposable {
  const owned = new DisposableStore();
  owned.add(catalogue.onProgress((progress) => tell('agent/progress', progress)));
  owned.add(catalogue.onChange((agent) => tell('agent/changed', agent === undefined ? {} : { agent })));
  return owned;
}
