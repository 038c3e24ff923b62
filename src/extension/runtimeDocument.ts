import * as vscode from 'vscode';
import { errorText } from '../base/errorText.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Result } from '../protocol/methods.ts';
import type { WindowConnection } from './windowConnection.ts';

const address = vscode.Uri.parse('holdfast:Holdfast Runtime.md');

/** The runtime and what it runs, as a document that is read anew each time it is shown (P7). Owned by `activate`. */
export class RuntimeDocument implements vscode.TextDocumentContentProvider, Disposable {
  readonly #connection: WindowConnection;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(connection: WindowConnection) {
    this.#connection = connection;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider('holdfast', this);
  }

  async show(): Promise<void> {
    this.#changed.fire(address);
    const document = await vscode.workspace.openTextDocument(address);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(): Promise<string> {
    const { view, home } = this.#connection;
    const head = `# Holdfast runtime\n\n- connection: ${view.state}${view.detail === undefined ? '' : ` — ${view.detail}`}\n- data directory: ${home}\n`;
    if (view.state !== 'connected') return head;
    try {
      return head + statusWords(await this.#connection.request('runtime/status', {}));
    } catch (error) {
      return `${head}\nIts status could not be read: ${errorText(error)}\n`;
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

function statusWords(status: Result<'runtime/status'>): string {
  const { sessions } = status;
  const facts = [
    `process: ${status.pid}, build ${status.buildId}, up ${minutes(status.uptimeMs)}, ${megabytes(status.rssBytes)}`,
    `protocol: ${status.protocol.min} to ${status.protocol.max}`,
    `socket: ${status.socket}`,
    `node: ${status.node}, SQLite ${status.sqlite}`,
    `clients: ${status.clients}`,
    `sessions: ${sessions.total}, of which ${sessions.running} running and ${sessions.waiting} waiting`,
  ];
  const rows = status.processes.map(
    ({ pid, agent, sessions: hosted, rssBytes, ageMs }) =>
      `| ${pid ?? '–'} | ${agent} | ${hosted.length} | ${megabytes(rssBytes)} | ${minutes(ageMs)} |`,
  );
  const table = ['| process | agent | sessions | memory | age |', '| --- | --- | --- | --- | --- |', ...rows];
  return `${facts.map((fact) => `- ${fact}`).join('\n')}\n\n## Agent processes\n\n${rows.length === 0 ? 'None.' : table.join('\n')}\n`;
}

const megabytes = (bytes: number | null): string =>
  bytes === null ? '–' : `${Math.round(bytes / 1024 / 1024)} MB`;
const minutes = (milliseconds: number): string =>
  milliseconds < 60_000 ? `${Math.round(milliseconds / 1000)} s` : `${Math.round(milliseconds / 60_000)} min`;
