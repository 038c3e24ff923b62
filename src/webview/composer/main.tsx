/** The composer: a script of its own, which the page loads as soon as it shows a session. */
export { FullComposer } from './fullComposer.tsx';
