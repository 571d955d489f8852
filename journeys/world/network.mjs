// A network to visit: `consort demo` in a process of its own, on a free port. It ends with the
// journey, and its folder with it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The program that is tried; `cargo xtask test` builds it and says where it is. */
const program = process.env.CONSORT_PROGRAM;

export class Network {
  #process;

  /** Starts the demo, and comes back when its link is printed. */
  static async start() {
    if (!program) throw new Error('CONSORT_PROGRAM does not say which program to try');
    const network = new Network();
    const stdio = ['ignore', 'pipe', 'pipe'];
    network.#process = spawn(program, ['demo', '--listen', '127.0.0.1:0'], { stdio });
    process.once('exit', network.#kill);
    network.link = await network.#printed(/http:\S+\/enter\/\S+/);
    network.origin = new URL(network.link).origin;
    return network;
  }

  /** Ends it as Ctrl-C does: the folder goes away with it. */
  async end() {
    process.off('exit', this.#kill);
    if (this.#process.exitCode !== null) return;
    this.#process.kill('SIGINT');
    await once(this.#process, 'exit');
  }

  /** The first of its words that look like this. */
  #printed(pattern) {
    let [words, complaint] = ['', ''];
    return new Promise((resolve, reject) => {
      this.#process.stderr.on('data', (some) => { complaint += some; });
      this.#process.stdout.on('data', (some) => {
        words += some;
        const found = words.match(pattern);
        if (found) resolve(found[0]);
      });
      this.#process.on('error', reject);
      this.#process.on('exit', () => reject(new Error(`the demo ended: ${complaint}`)));
    });
  }

  #kill = () => this.#process.kill('SIGKILL');
}
