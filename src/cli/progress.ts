import type { OutStream } from './io.ts';
import { visible } from './output/visible.ts';

export type Work<T> = (report: (text: string) => void) => Promise<T>;

/**
 * Does the work behind a spinner on a terminal, silently elsewhere. The spinner leaves the cursor and the input alone:
 * otherwise it would install signal handlers, and a signal must end this process at once.
 */
export async function withProgress<T>(label: string, work: Work<T>, { stream, quiet }: { readonly stream: OutStream; readonly quiet: boolean }): Promise<T> {
  if (quiet || stream.isTTY !== true) return work(() => undefined);
  const { default: ora } = await import('ora');
  const spinner = ora({ text: visible(label), stream, isEnabled: true, hideCursor: false, discardStdin: false }).start();
  try {
    return await work((text) => {
      spinner.text = visible(text);
    });
  } finally {
    spinner.stop();
  }
}
