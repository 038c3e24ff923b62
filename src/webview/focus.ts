import { Emitter } from '../base/emitter.ts';

/** Asks the composer to take the focus: the extension does, when a person opens a session. */
export const focusRequests = new Emitter<void>();
