import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fakeAgent, type TestHome } from './testHome.ts';

/** A prompt that an agent process works on. */
export interface ControlledPrompt {
  /** Ends it with an ACP result, or with an error. */
  end(result: { readonly stopReason?: string; readonly failed?: boolean }): void;
  /** Asks for one of some options; resolves with the one that the agent was told, or with nothing. */
  ask(title: string, options: readonly string[]): Promise<string | undefined>;
  /** From now on it goes on when it is cancelled; resolves when the agent knows. */
  ignoreCancel(): Promise<void>;
}

interface Told {
  readonly pid?: number;
  readonly prompt?: number;
  readonly text?: string;
  readonly deaf?: number;
  readonly question?: number;
  readonly optionId?: string;
}

interface Agent {
  readonly socket: net.Socket;
  pid: number | undefined;
}

/** Processes of the agent `controlled`, in the hands of a test. Owned by the test's home. */
export class AgentControl {
  readonly #server: net.Server;
  readonly #path: string;
  readonly #agents = new Set<Agent>();
  readonly #prompts = new Map<string, ControlledPrompt>();
  readonly #questions = new Map<number, (optionId: string | undefined) => void>();
  readonly #looks = new Set<() => void>();
  readonly #deaf = new Map<string, () => void>();
  #lastQuestion = 0;

  private constructor(home: TestHome) {
    const name = `control-${process.pid}`;
    this.#path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(home.home, '..', name);
    this.#server = net.createServer((socket) => this.#joined({ socket, pid: undefined }));
  }

  /** Listens for agents until the test is over. */
  static async open(home: TestHome): Promise<AgentControl> {
    const control = new AgentControl(home);
    await new Promise<void>((resolve) => control.#server.listen(control.#path, resolve));
    home.own({ dispose: () => control.#close() });
    return control;
  }

  /** The definition of the agent. */
  get agent() {
    return fakeAgent('controlled', { FAKE_CONTROL: this.#path });
  }

  /** The prompt with this text, as soon as an agent has it. */
  prompt(text: string): Promise<ControlledPrompt> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#prompts.get(text);
        if (found === undefined) return;
        this.#looks.delete(look);
        resolve(found);
      };
      this.#looks.add(look);
      look();
    });
  }

  #joined(agent: Agent): void {
    this.#agents.add(agent);
    const { socket } = agent;
    // An agent that is killed resets its socket: both tell of it.
    createInterface({ input: socket })
      .on('line', (line) => this.#hear(agent, JSON.parse(line) as Told))
      .on('error', () => undefined);
    socket.on('error', () => undefined).on('close', () => this.#agents.delete(agent));
  }

  #hear(agent: Agent, { pid, prompt, text, deaf, question, optionId }: Told): void {
    if (pid !== undefined) agent.pid = pid;
    if (deaf !== undefined) this.#deaf.get(`${agent.pid} ${deaf}`)?.();
    if (question !== undefined) this.#questions.get(question)?.(optionId);
    if (prompt === undefined || text === undefined) return;
    this.#prompts.set(text, this.#promptOf(agent, prompt));
    for (const look of [...this.#looks]) look();
  }

  #promptOf({ socket, pid }: Agent, prompt: number): ControlledPrompt {
    const order = (message: object): void => {
      if (!socket.destroyed) socket.write(`${JSON.stringify({ prompt, ...message })}\n`);
    };
    return {
      end: (result) => order({ order: 'end', result }),
      ask: (title, options) =>
        new Promise((resolve) => {
          const question = ++this.#lastQuestion;
          this.#questions.set(question, resolve);
          // Who is gone is told nothing.
          socket.once('close', () => resolve(undefined));
          order({ order: 'ask', question, title, options });
        }),
      ignoreCancel: () =>
        new Promise((resolve) => {
          this.#deaf.set(`${pid} ${prompt}`, resolve);
          socket.once('close', () => resolve());
          order({ order: 'deafen' });
        }),
    };
  }

  #close(): void {
    for (const { socket } of this.#agents) socket.destroy();
    this.#server.close();
  }
}
