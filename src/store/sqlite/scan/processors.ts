import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** How many threads can run at once: what the system allows this process, and its control group. */
export function processors(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(quota())));
}

/**
 * Of processors, by Linux control groups; Infinity without one. libuv asks for it itself from 1.49
 * on, which Node 20 has not.
 */
function quota(): number {
  try {
    const [most = '', period = ''] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8')
      .trim()
      .split(' ');
    return most === 'max' ? Number.POSITIVE_INFINITY : Number(most) / Number(period);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
